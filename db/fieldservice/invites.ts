import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { seal, unseal } from '../../shared/secret-box.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { MemberRole } from './memberships.ts';

export interface NewInvite {
  tenantId: string;
  /** Lower case. */
  email: string;
  role: MemberRole;
  /** The employee record that they will be. */
  employeeId: string | null;
  /** The user who invites. */
  invitedBy: string;
}

export interface InviteRow extends Omit<NewInvite, 'invitedBy'> {
  id: string;
  state: 'open' | 'used' | 'superseded' | 'expired';
}

/** What the mail of an invite says. */
export interface InviteMail {
  email: string;
  tenantName: string;
  /** '' if it isn't known. */
  inviterName: string;
  role: MemberRole;
  /** For `unsealInviteToken`. */
  tokenSealed: string;
  expiresAt: Date;
}

/** ENCRYPTION_KEY. */
type Secrets = readonly string[] | undefined;

const supersedeSql = sql('fieldservice/invites/supersede');
const insertSql = sql('fieldservice/invites/insert');
const findSql = sql('fieldservice/invites/find');
const acceptSql = sql('fieldservice/invites/accept');
const openMailSql = sql('fieldservice/invites/open-mail');
const forgetTokenSql = sql('fieldservice/invites/forget-token');

/** An invite, good for seven days, in the place of any open one of the same address. Its token is for the mail alone. */
export async function createInvite(
  tx: Transaction,
  invite: NewInvite,
  secrets: Secrets,
): Promise<{ id: string; tenantName: string }> {
  const id = randomUUID();
  const token = randomBytes(32).toString('base64url');
  const sealed = { tokenHash: hashToken(token), tokenSealed: seal(token, purposeOf(id), secrets) };
  // Of two who invite the same address at once, the second waits for the first, and takes its place.
  for (;;) {
    await tx.any(supersedeSql({ tenantId: invite.tenantId, email: invite.email }));
    const row = await tx.oneOrNone<{ tenantName: string }>(insertSql({ id, ...invite, ...sealed }));
    if (row) return { id, ...row };
  }
}

export function findInvite(db: Connection, token: string): Promise<InviteRow | null> {
  return db.oneOrNone<InviteRow>(findSql({ tokenHash: hashToken(token) }));
}

/** Spends an invite, once. False if it isn't open any more. */
export async function spendInvite(tx: Transaction, id: string, userId: string): Promise<boolean> {
  return (await tx.oneOrNone(acceptSql({ id, userId }))) !== null;
}

/** What the mail of an invite says. Null if nobody may use it any more, or its mail has gone. */
export function openInviteMail(db: Connection, inviteId: string): Promise<InviteMail | null> {
  return db.oneOrNone<InviteMail>(openMailSql({ inviteId }));
}

export function unsealInviteToken(inviteId: string, tokenSealed: string, secrets: Secrets): string {
  return unseal(tokenSealed, purposeOf(inviteId), secrets);
}

/** Once its mail has gone, nothing here can tell the token any more. */
export async function forgetInviteToken(db: Connection, inviteId: string): Promise<void> {
  await db.oneOrNone(forgetTokenSql({ inviteId }));
}

/** A token has 256 random bits: there is nothing to guess that a slow hash would slow down. */
function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function purposeOf(inviteId: string): string {
  return `invite token of ${inviteId}`;
}
