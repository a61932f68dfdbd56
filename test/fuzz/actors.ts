import { randomUUID } from 'node:crypto';
import { createSession } from '../../db/marketplace/sessions.ts';
import { signAccessToken } from '../../edge/marketplace/tokens.ts';
import type { ServedEdge } from '../support/edge.ts';
import type { Field, FieldMember } from '../support/field.ts';
import type { Market, Person } from '../support/market.ts';
import type { Outside } from '../support/outside.ts';
import type { Colleague } from '../support/staffing.ts';

/** Somebody who sends requests. */
export interface FuzzActor {
  name: string;
  surface: string;
  roles: readonly string[];
  headers: Record<string, string>;
  /** Their token is about to be signed out of: nothing else depends on it. */
  leaver: boolean;
  /** Signs them in again. */
  renew(): Promise<void>;
}

export async function serviceActor(
  served: ServedEdge,
  name: string,
  key: { kinds?: string[]; operator?: boolean },
): Promise<FuzzActor> {
  const headers = { authorization: `Bearer ${await served.key(key)}` };
  const roles = key.operator ? ['service', 'operator'] : ['service'];
  return { name, surface: 'jobs', roles, headers, leaver: false, renew: () => Promise.resolve() };
}

export function marketActor(
  market: Market,
  name: string,
  person: Person,
  { admin = false, leaver = false } = {},
): FuzzActor {
  const actor: FuzzActor = {
    name,
    surface: 'marketplace',
    roles: admin ? ['marketplace:user', 'marketplace:admin'] : ['marketplace:user'],
    headers: { authorization: `Bearer ${person.token}` },
    leaver,
    async renew() {
      const { id: userId } = person;
      const sessionId = await market.db.tx(tx => createSession(tx, userId, Buffer.from(randomUUID())));
      const session = { userId, sessionId, role: admin ? 'admin' : 'user' };
      actor.headers = { authorization: `Bearer ${await signAccessToken(market.spine.config, session)}` };
    },
  };
  return actor;
}

export function workforceActor(
  outside: Outside,
  name: string,
  role: string,
  person: Colleague,
  leaver = false,
): FuzzActor {
  const actor: FuzzActor = {
    name,
    surface: 'workforce',
    roles: [role],
    headers: { authorization: `Bearer ${person.token}` },
    leaver,
    async renew() {
      actor.headers = { authorization: `Bearer ${await outside.identity.signToken(person.identityUid)}` };
    },
  };
  return actor;
}

export function fieldActor(field: Field, name: string, role: 'manager' | 'employee', member: FieldMember): FuzzActor {
  const tenant = { 'x-tenant-id': member.tenantId };
  const actor: FuzzActor = {
    name,
    surface: 'fieldservice',
    roles: ['fieldservice:user', `fieldservice:${role}`],
    headers: { authorization: `Bearer ${member.token}`, ...tenant },
    leaver: false,
    async renew() {
      const token = await field.outside.clerk.signToken(member.subject, { lifetimeS: 3_600 });
      actor.headers = { authorization: `Bearer ${token}`, ...tenant };
    },
  };
  return actor;
}
