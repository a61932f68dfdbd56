import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** Who is several of them in one tenant is called by the first. */
export const membershipRoles = ['CLIENT_OWNER', 'CLIENT_MANAGER', 'STAFF', 'REVIEWER', 'TENANT_ADMIN'] as const;
export type MembershipRole = (typeof membershipRoles)[number];

/** What one person is in one tenant, with the business that they act for and their staff profile, if any. */
export interface MembershipRow {
  userId: string;
  email: string | null;
  phone: string | null;
  displayName: string;
  /** Tokens whose sign-in was earlier are refused. */
  signedOutAt: Date | null;
  tenantId: string;
  tenantName: string;
  role: MembershipRole;
  businessId: string | null;
  businessName: string | null;
  staffId: string | null;
  staffName: string | null;
}

const ofIdentitySql = sql('workforce/memberships/of-identity', { replan: true });

/** The memberships of whom the identity provider knows by `identityUid`, the oldest first. `tenantId` null: of every tenant. */
export function listMemberships(
  db: Connection,
  identityUid: string,
  tenantId: string | null,
): Promise<MembershipRow[]> {
  return db.any<MembershipRow>(ofIdentitySql({ identityUid, tenantId }));
}
