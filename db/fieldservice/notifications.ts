import { randomUUID } from 'node:crypto';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export const channels = ['whatsapp', 'sms', 'email'] as const;
export type Channel = (typeof channels)[number];
export const notificationStatuses = ['queued', 'sent', 'failed', 'delivered'] as const;

/** What became of a message to somebody. */
export interface NotificationRow {
  id: string;
  channel: Channel;
  status: (typeof notificationStatuses)[number];
  /** Twilio's SID, a mail's Message-ID. */
  providerMessageId: string | null;
  /** Why it failed; null unless it did. */
  error: string | null;
  updatedAt: Date;
}

/** One that is to be sent. */
export interface OpenNotification extends Pick<NotificationRow, 'id' | 'channel' | 'status'> {
  tenantId: string;
  inviteId: string | null;
  recipient: string;
  subject: string;
  /** Of an SMS or a WhatsApp message that was tried: all that it says. '' for an invite. */
  body: string;
  triedAt: Date | null;
  /** Whose PDF goes along; the other two are null too without. */
  invoiceId: string | null;
  invoiceLabel: string | null;
  /** Null: it isn't drawn yet. */
  fileKey: string | null;
}

export interface NewSend {
  tenantId: string;
  sendId: string;
  channel: Channel;
  recipient: string | null;
  subject: string;
  body: string;
  invoiceId: string | null;
  /** Why it can't be sent at all; null: it can. */
  error: string | null;
}

const insertSql = sql('fieldservice/notifications/insert');
const listSql = sql('fieldservice/notifications/list');
const openSql = sql('fieldservice/notifications/open');
const beginTrySql = sql('fieldservice/notifications/begin-try');
const takenSql = sql('fieldservice/notifications/taken-messages');
const markSentSql = sql('fieldservice/notifications/mark-sent');
const failSql = sql('fieldservice/notifications/fail');
const receiveSql = sql('fieldservice/notifications/receive');
const waitingSql = sql('fieldservice/notifications/waiting');
const failWaitingSql = sql('fieldservice/notifications/fail-waiting');

/** The mail of an invite. Answers the notification's id; its job is the caller's to insert. */
export function addInviteNotification(
  tx: Connection,
  invite: { tenantId: string; inviteId: string; recipient: string; subject: string },
): Promise<string> {
  return insert(tx, { ...invite, channel: 'email', sendId: null, body: null, invoiceId: null, error: null });
}

/** A message of a send. Answers the notification's id; its job is the caller's to insert. */
export function addSendNotification(tx: Connection, message: NewSend): Promise<string> {
  return insert(tx, { ...message, inviteId: null });
}

async function insert(
  tx: Connection,
  row: { [Name in keyof NewSend]: NewSend[Name] | null } & { inviteId: string | null },
): Promise<string> {
  const id = randomUUID();
  const error = row.error === null ? null : reasonOf(row.error);
  await tx.one(insertSql({ ...row, id, error, status: error === null ? 'queued' : 'failed' }));
  return id;
}

/** What became of those of a tenant's sends that are named, in no order. */
export function listNotifications(
  db: Connection,
  tenantId: string,
  ids: readonly string[],
): Promise<NotificationRow[]> {
  return db.any<NotificationRow>(listSql({ tenantId, ids }));
}

/** Null if there is no such notification. */
export function openNotification(db: Connection, id: string): Promise<OpenNotification | null> {
  return db.oneOrNone<OpenNotification>(openSql({ id }));
}

/** Writes down, before a text is first sent, all that it says. False if somebody else has begun to send it. */
export async function beginTry(tx: Connection, id: string, body: string): Promise<boolean> {
  return (await tx.oneOrNone(beginTrySql({ id, body }))) !== null;
}

/** Those of the provider's messages that another notification is known to have made. */
export async function listTakenMessages(
  db: Connection,
  id: string,
  messageIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db.any<{ providerMessageId: string }>(takenSql({ id, messageIds }));
  return new Set(rows.map(row => row.providerMessageId));
}

/** The provider has it. Answers the invite whose mail it was; nothing changes for one that a receipt was quicker about. */
export async function markSent(tx: Connection, id: string, providerMessageId: string | null): Promise<string | null> {
  const row = await tx.oneOrNone<{ inviteId: string | null }>(markSentSql({ id, providerMessageId }));
  return row?.inviteId ?? null;
}

/** Nothing changes for one that was sent. */
export async function failNotification(tx: Connection, id: string, reason: string): Promise<void> {
  await tx.oneOrNone(failSql({ id, error: reasonOf(reason) }));
}

/**
 * Takes what the provider tells of a message, only ever forward: sent, then delivered or failed. False if it told nothing new.
 * @param receipt.notificationId whose message it is, where we don't know the provider's id of it yet.
 */
export async function receive(
  db: Connection,
  receipt: {
    providerMessageId: string;
    notificationId: string | null;
    status: 'sent' | 'delivered' | 'failed';
    error: string | null;
  },
): Promise<boolean> {
  const error = receipt.error === null ? null : reasonOf(receipt.error);
  return (await db.oneOrNone(receiveSql({ ...receipt, error }))) !== null;
}

/** Those that are not sent yet and take the invoice's PDF along. */
export function listWaiting(tx: Transaction, invoiceId: string): Promise<{ id: string; tenantId: string }[]> {
  return tx.any(waitingSql({ invoiceId }));
}

export async function failWaiting(tx: Transaction, invoiceId: string, reason: string): Promise<void> {
  await tx.any(failWaitingSql({ invoiceId, error: reasonOf(reason) }));
}

/** As long as a client is promised. A cut may leave half of a surrogate pair. */
function reasonOf(text: string): string {
  return text.slice(0, 240).toWellFormed();
}
