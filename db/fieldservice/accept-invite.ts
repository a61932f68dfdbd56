import { Fault } from '../../shared/fault.ts';
import type { Transaction } from '../connect.ts';
import { findInvite, type InviteRow, spendInvite } from './invites.ts';
import { addMember, changeMember, lockMember, type MemberRole } from './memberships.ts';
import { restampForMember } from './records.ts';

/**
 * Makes the person whom an invite is for a member of its tenant, or more of one than they were. Throws `Fault`: `not_found`;
 * `forbidden` for anyone else, who learns nothing of the invite; `conflict` if it was used, or would make a manager an employee;
 * `gone` if it has run out or another took its place.
 */
export async function acceptInvite(
  tx: Transaction,
  token: string,
  person: { id: string; email: string | null },
): Promise<{ tenantId: string; role: MemberRole }> {
  const invite = await findInvite(tx, token);
  if (!invite) throw new Fault('not_found', 'There is no such invite.');
  checkAddress(invite, person.email);
  if (!(await spendInvite(tx, invite.id, person.id))) throw spentFault((await findInvite(tx, token)) ?? invite);
  await join(tx, invite, person.id);
  return { tenantId: invite.tenantId, role: invite.role };
}

function checkAddress(invite: InviteRow, email: string | null): void {
  if (email === null)
    throw new Fault('forbidden', 'An invite is bound to an e-mail address, and your session token carries none.', {
      reason: 'EMAIL_UNKNOWN',
    });
  if (email.toLowerCase() !== invite.email)
    throw new Fault('forbidden', 'This invite is for another e-mail address.', { reason: 'INVITE_EMAIL_MISMATCH' });
}

function spentFault({ state }: InviteRow): Fault {
  if (state === 'used') return new Fault('conflict', 'This invite was used before.', { reason: 'INVITE_USED' });
  if (state === 'superseded')
    return new Fault('gone', 'A later invite has taken the place of this one.', { reason: 'INVITE_SUPERSEDED' });
  return new Fault('gone', 'This invite has run out; ask for another.', { reason: 'INVITE_EXPIRED' });
}

async function join(tx: Transaction, { tenantId, role, employeeId }: InviteRow, userId: string): Promise<void> {
  if (await addMember(tx, { tenantId, userId, role, employeeId })) return;
  const was = await lockMember(tx, { tenantId, userId });
  if (was.active && was.role === 'manager' && role === 'employee')
    throw new Fault('conflict', 'You are a manager of this tenant; this invite would make you an employee.', {
      reason: 'ALREADY_MANAGER',
    });
  const now = { role, employeeId: employeeId ?? was.employeeId };
  await changeMember(tx, { tenantId, userId, ...now });
  // Their devices have pulled what they could see until now, and will ask for what is newer.
  const everything = role !== was.role;
  const moved = now.employeeId !== was.employeeId && role === 'employee';
  if (everything || moved)
    await restampForMember(tx, tenantId, {
      employeeIds: [was.employeeId, now.employeeId].filter(id => id !== null),
      everything,
    });
}
