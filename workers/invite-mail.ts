import { type InviteMail, unsealInviteToken } from '../db/fieldservice/invites.ts';
import type { Config } from '../shared/config.ts';

export type InviteMailConfig = Pick<Config, 'encryptionKey' | 'fieldAppUrl'>;

/** What somebody who is invited reads. Its token is in no row and no log: only here. */
export function inviteMailText(inviteId: string, invite: InviteMail, config: InviteMailConfig): string {
  const { tenantName, inviterName, role, tokenSealed, expiresAt } = invite;
  const token = unsealInviteToken(inviteId, tokenSealed, config.encryptionKey);
  const app = config.fieldAppUrl?.replace(/\/+$/, '');
  const accept =
    app === undefined
      ? `To accept, enter this code in the app:\n\n${token}`
      : `To accept, open this address:\n\n${app}/invites/${token}`;
  const article = role === 'employee' ? 'an' : 'a';
  return [
    `${inviterName || 'Somebody'} invites you to join ${tenantName} as ${article} ${role}.`,
    accept,
    `The invite is for your address alone and is good until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC. If you did not expect it, do nothing.`,
  ].join('\n\n');
}
