import type { JobRow } from '../../db/core/jobs.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { isPublic, type AnySpec } from '../../shared/job.ts';
import { isOperator, type Actor } from '../actor.ts';

/** The roles that manage a whole tenant, of the surfaces that have tenants. */
const tenantManagers = ['fieldservice:manager', 'workforce:admin'];

/** The kind that an actor may post. Throws `Fault('not_found')` for an unknown or internal one, `forbidden` for another's. */
export function postableKind(catalog: Catalog, actor: Actor, kind: string): AnySpec {
  const spec = catalog.get(kind);
  if (!spec || (!isPublic(spec) && !isOperator(actor)))
    throw new Fault('not_found', `There is no kind "${kind.slice(0, 60)}".`);
  if (isOperator(actor)) return spec;
  if (!keyCovers(actor, kind) || !spec.access.post.some(role => actor.roles.includes(role))) {
    throw new Fault('forbidden', `You may not post jobs of kind "${kind}".`);
  }
  return spec;
}

/** Whether an actor may see a job: its owner, a manager of its tenant, an operator. */
export function maySee(catalog: Catalog, actor: Actor, job: JobRow): boolean {
  if (isOperator(actor)) return true;
  if (catalog.get(job.kind)?.access.see !== 'owner') return false;
  if (job.owner === actor.owner) return true;
  if (job.tenant === null || job.tenant !== actor.tenant) return false;
  // A tenant is one surface's, and so is an owner; a kind may serve them all.
  return job.owner.startsWith(`${actor.surface}/`) && tenantManagers.some(role => actor.roles.includes(role));
}

/** Throws `Fault('forbidden')` unless the actor, who may see the job, may also cancel it. */
export function checkMayCancel(catalog: Catalog, actor: Actor, job: JobRow): void {
  const rule = catalog.get(job.kind)?.access.cancel ?? 'operator';
  if (rule === 'nobody' || (rule === 'operator' && !isOperator(actor))) {
    throw new Fault('forbidden', `Jobs of kind "${job.kind}" can't be cancelled by you.`);
  }
}

/** Kinds whose jobs an actor may find in a list. */
export function visibleKinds(catalog: Catalog, actor: Actor): string[] {
  return [...catalog.values()].filter(spec => isOperator(actor) || spec.access.see === 'owner').map(spec => spec.kind);
}

function keyCovers(actor: Actor, kind: string): boolean {
  return !actor.kinds || actor.kinds.includes('*') || actor.kinds.includes(kind);
}
