import type { MembershipRole } from '../../db/workforce/memberships.ts';
import { Fault } from '../../shared/fault.ts';
import type { Actor } from '../actor.ts';

/** Somebody in one tenant. `owner` is `workforce/<user id>`, `tenant` the tenant's id. */
export interface WorkforceActor extends Actor {
  tenant: string;
  tenantName: string;
  /** The first of their roles there. */
  role: MembershipRole;
  email: string | null;
  displayName: string;
  phone: string | null;
  /** Of the customer that a client user acts for. */
  businessId: string | null;
  businessName: string | null;
  /** Of the worker's profile. */
  staffId: string | null;
  staffName: string | null;
}

/** The actor of a workforce route. */
export function workforceActor(actor: Actor | null): WorkforceActor {
  if (!actor || actor.tenant === null) throw new Fault('unauthenticated', 'This route needs a bearer token.');
  return actor as WorkforceActor;
}

/** A client's actor, with their business. Throws `Fault('forbidden')` for one without. */
export function clientActor(actor: Actor | null): WorkforceActor & { businessId: string } {
  const client = workforceActor(actor);
  if (client.businessId === null) throw new Fault('forbidden', 'You act for no business.', { reason: 'NO_BUSINESS' });
  return client as WorkforceActor & { businessId: string };
}

/** A worker's actor, with their profile. Throws `Fault('forbidden')` for one who has not set it up. */
export function staffActor(actor: Actor | null): WorkforceActor & { staffId: string } {
  const staff = workforceActor(actor);
  if (staff.staffId === null)
    throw new Fault('forbidden', 'You have no staff profile yet.', { reason: 'NO_STAFF_PROFILE' });
  return staff as WorkforceActor & { staffId: string };
}

/** The worker whose own things a route is about. Faults as above. */
export function ownStaff(actor: Actor | null): { tenantId: string; staffId: string } {
  const { tenant: tenantId, staffId } = staffActor(actor);
  return { tenantId, staffId };
}
