import { deafNumbers, refusedNumber, refusedNumbers, TwilioRefusal } from './refusal.ts';
import { type MessageStatus, newSid, type TextMessage, type World } from './rows.ts';

const addressPattern = /^(whatsapp:)?\+[1-9]\d{6,14}$/;
const maxBodyLength = 1_600;
/** Beyond them the oldest are dropped. */
const maxMessages = 2_000;
const maxReceipts = 3 * maxMessages;

/** Takes a message, as `POST …/Messages.json` does. Throws `TwilioRefusal`. */
export function createMessage(world: World, form: URLSearchParams): TextMessage {
  const to = form.get('To') ?? '';
  const from = form.get('From') ?? '';
  const body = form.get('Body') ?? '';
  const statusCallback = form.get('StatusCallback');
  checkMessage(world, { to, from, body, statusCallback });
  const now = world.nowMs();
  const message: TextMessage = {
    sid: newSid('SM'),
    from,
    to,
    body,
    statusCallback,
    status: 'queued',
    errorCode: null,
    end: endOf(world, to),
    history: [{ status: 'queued', at: now }],
    createdAt: now,
    updatedAt: now,
    sentAt: null,
  };
  put(world, message);
  dropOldest(world);
  awaitMessage(world, message);
  return message;
}

function checkMessage(
  { smsFrom, whatsappFrom }: World,
  { to, from, body, statusCallback }: { to: string; from: string; body: string; statusCallback: string | null },
): void {
  if (to === '') throw new TwilioRefusal(21604, "A 'To' phone number is required.");
  if (from === '') throw new TwilioRefusal(21603, "A 'From' phone number is required.");
  if (body === '') throw new TwilioRefusal(21602, 'Message body is required.');
  if (body.length > maxBodyLength)
    throw new TwilioRefusal(21617, `The concatenated message body exceeds the ${maxBodyLength} character limit.`);
  const whatsapp = to.startsWith('whatsapp:');
  if (whatsapp !== from.startsWith('whatsapp:'))
    throw new TwilioRefusal(21910, 'Invalid From and To pair. From and To should be of the same channel');
  if (!addressPattern.test(to)) throw refusedNumber(21211, to);
  if (whatsapp && from !== `whatsapp:${whatsappFrom}`)
    throw new TwilioRefusal(63007, 'Twilio could not find a Channel with the specified From address');
  if (!whatsapp && from !== smsFrom)
    throw new TwilioRefusal(
      21606,
      `The 'From' phone number provided (${from}) is not a valid message-capable Twilio phone number.`,
    );
  const refused = refusedNumbers[to.replace(/^whatsapp:/, '')];
  if (refused !== undefined) throw refusedNumber(refused, to);
  if (statusCallback !== null && !/^https?:\/\//.test(statusCallback))
    throw new TwilioRefusal(21609, `The StatusCallback URL ${statusCallback} is not a valid URL.`);
}

function endOf({ faults }: World, to: string): TextMessage['end'] {
  const struck = faults.take('outcome', 'messages.create', to);
  const channel = to.startsWith('whatsapp:') ? 'whatsapp' : 'sms';
  const code = struck ? (struck.code ?? 30003) : (deafNumbers[to.replace(/^whatsapp:/, '')]?.[channel] ?? null);
  return code === null ? { status: 'delivered', errorCode: null } : { status: 'undelivered', errorCode: code };
}

/** What happens to a message by itself: it is sent, then it arrives or doesn't, each after a moment. */
export function awaitMessage(world: World, { sid, status, updatedAt }: TextMessage): void {
  if (status !== 'queued' && status !== 'sent') return;
  world.alarms.set(`message ${sid}`, updatedAt + world.settleAfterMs, () => {
    const message = world.store.get('messages', sid);
    if (message?.status === 'queued') moveMessage(world, message, 'sent', null);
    else if (message?.status === 'sent') moveMessage(world, message, message.end.status, message.end.errorCode);
  });
}

/** Whatever it was before: what the operator says happens. Its receipt goes out. */
export function moveMessage(
  world: World,
  message: TextMessage,
  status: MessageStatus,
  errorCode: number | null,
): TextMessage {
  const at = world.nowMs();
  const history = [...message.history, { status, at }];
  const sentAt = message.sentAt ?? (status === 'failed' ? null : at);
  const moved: TextMessage = { ...message, status, errorCode, history, sentAt, updatedAt: at };
  put(world, moved);
  world.receipts.make(moved);
  awaitMessage(world, moved);
  return moved;
}

function put({ store }: World, message: TextMessage): void {
  store.put('messages', message.sid, message);
  store.commit();
}

function dropOldest({ store }: World): void {
  for (const { sid } of store.all('messages').slice(0, -maxMessages)) store.drop('messages', sid);
  for (const { id } of store.all('receipts').slice(0, -maxReceipts)) store.drop('receipts', id);
  store.commit();
}
