import type { Connection } from '../../db/connect.ts';
import { createServiceKey, listServiceKeys, revokeServiceKey, type ServiceKey } from '../../db/core/service-keys.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { isPublic } from '../../shared/job.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** All keys, revoked ones too, newest first. */
export function listKeys(deps: {
  db: Connection;
}): Promise<(ServiceKey & { createdAt: Date; revokedAt: Date | null })[]> {
  return listServiceKeys(deps.db);
}

export interface NewKey {
  name: string;
  /** Kinds that it may post, see and cancel; `*` is every public one. */
  kinds: readonly string[];
  operator?: boolean;
}

/** Makes a service key; its text is in the answer and nowhere else. Throws `Fault('invalid')` for kinds that it couldn't post. */
export async function createKey(
  deps: TransactDeps & { catalog: Catalog },
  { name, kinds, operator: asOperator = false }: NewKey,
  operator: Operator,
): Promise<{ id: string; key: string }> {
  if (kinds.length === 0) throw new Fault('invalid', 'A key needs at least one kind.');
  for (const kind of kinds) {
    const spec = deps.catalog.get(kind);
    if (kind === '*' || (spec && (asOperator || isPublic(spec)))) continue;
    throw new Fault('invalid', spec ? `The kind "${kind}" is internal.` : `There is no kind "${kind}".`);
  }
  return transact(deps, async tx => {
    const made = await createServiceKey(tx, { name, kinds, operator: asOperator });
    await leaveTrace(tx, operator, {
      action: 'key.create',
      subject: made.id,
      details: { name, kinds, operator: asOperator },
    });
    return made;
  });
}

/** A process that has just seen the key may honour it for a few seconds more. Throws `Fault('not_found')`. */
export function revokeKey(deps: TransactDeps, { id }: { id: string }, operator: Operator): Promise<void> {
  return transact(deps, async tx => {
    if (!(await revokeServiceKey(tx, id))) throw new Fault('not_found', 'There is no such live key.');
    await leaveTrace(tx, operator, { action: 'key.revoke', subject: id });
  });
}
