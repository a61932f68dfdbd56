import { Fault } from '../../shared/fault.ts';
import type { Route, RouteRequest } from '../route.ts';
import { clientActor, type WorkforceActor, workforceActor } from './actor.ts';

/** A route under the path by which older callers know it. */
export function olderRoute(route: Route, path: string): Route {
  return { ...route, path, successor: route.path };
}

/** The route of a path. Throws at load if none of these has it. */
export function routeAt(routes: readonly Route[], path: string): Route {
  const route = routes.find(candidate => candidate.path === path);
  if (!route) throw new TypeError(`there is no route ${path}`);
  return route;
}

/** What an actor may see of a tenant: all of it, or what is of their business, or of themselves. */
export interface Reach {
  tenantId: string;
  all: boolean;
  businessId: string | null;
  staffId: string | null;
}

export function reachOf({ tenant: tenantId, roles, businessId, staffId }: WorkforceActor): Reach {
  return { tenantId, all: roles.includes('workforce:admin'), businessId, staffId };
}

/** The caller's, if it is the tenant in the path. Throws `Fault('not_found')`. */
export function actorIn({ actor, params }: RouteRequest<{ tenantId: string }>): WorkforceActor {
  const caller = workforceActor(actor);
  if (params.tenantId.toLowerCase() !== caller.tenant) throw new Fault('not_found', 'There is nothing at this path.');
  return caller;
}

/** The business that a client acts for; null for an admin, who acts for every one of the tenant's. */
export function businessOf(actor: WorkforceActor): string | null {
  return actor.roles.includes('workforce:admin') ? null : clientActor(actor).businessId;
}

/** A business that the caller may act for. Throws `Fault('not_found')` for another's. */
export function ownBusiness(actor: WorkforceActor, businessId: string): { tenantId: string; businessId: string } {
  const own = businessOf(actor);
  const wanted = businessId.toLowerCase();
  if (own !== null && own !== wanted)
    throw new Fault('not_found', 'There is no such business.', { reason: 'BUSINESS_NOT_FOUND' });
  return { tenantId: actor.tenant, businessId: wanted };
}
