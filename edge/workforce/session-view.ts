import { z } from 'zod';
import { membershipRoles } from '../../db/workforce/memberships.ts';
import type { UserRow } from '../../db/workforce/users.ts';
import type { IdentityAccount } from '../../shared/ports/identity.ts';
import type { WorkforceActor } from './actor.ts';

/** Whom a session is of, and where. */
export const contextSchema = z.strictObject({
  user: z.strictObject({
    id: z.uuid(),
    email: z.string().nullable(),
    displayName: z.string(),
    phone: z.string().nullable().describe('E.164'),
  }),
  tenant: z
    .strictObject({ tenantId: z.uuid(), tenantName: z.string(), role: z.enum(membershipRoles) })
    .nullable()
    .describe('Null only for a worker whom no tenant could take in'),
  business: z.strictObject({ businessId: z.uuid(), businessName: z.string() }).nullable(),
  staff: z
    .strictObject({ staffId: z.uuid(), fullName: z.string() })
    .nullable()
    .describe('Null until the profile is set up'),
});
export type SessionContext = z.output<typeof contextSchema>;

/** Somebody who has just signed in. */
export const envelopeSchema = contextSchema.extend({
  sessionToken: z.string().describe("The bearer token: the identity provider's ID token"),
  refreshToken: z
    .string()
    .nullable()
    .describe("For the identity provider's own token API; null where the device has it already"),
  expiresInSeconds: z.int(),
});
export type SessionTokens = Omit<z.output<typeof envelopeSchema>, keyof SessionContext>;

export function tokensOf({ idToken, refreshToken, expiresInS }: IdentityAccount): SessionTokens {
  return { sessionToken: idToken, refreshToken, expiresInSeconds: expiresInS };
}

export function viewContext(actor: WorkforceActor): SessionContext {
  const { id, email, displayName, phone, tenant: tenantId, tenantName, role } = actor;
  const { businessId, businessName, staffId, staffName } = actor;
  return {
    user: { id, email, displayName, phone },
    tenant: { tenantId, tenantName, role },
    business: businessId === null || businessName === null ? null : { businessId, businessName },
    staff: staffId === null || staffName === null ? null : { staffId, fullName: staffName },
  };
}

/** Of somebody who belongs nowhere yet. */
export function viewStranger({ id, email, displayName, phone }: UserRow): SessionContext {
  return { user: { id, email, displayName, phone }, tenant: null, business: null, staff: null };
}
