import { createHmac } from 'node:crypto';
import type { Alarms } from '../alarms.ts';
import type { Store } from '../store.ts';
import type { Faults } from './faults.ts';
import { newSid, type Receipt, type Rows, type TextMessage } from './rows.ts';

/** Twilio gives up much earlier; a trial with an edge that is away may last. */
const maxTries = 10;
const longestRetryMs = 30_000;
const answerTimeoutMs = 10_000;

export interface ReceiptsOptions {
  store: Store<Rows>;
  faults: Faults;
  alarms: Alarms;
  accountSid: string;
  authToken: string;
  firstRetryMs: number;
  nowMs: () => number;
}

/** Tells the status callback of each message what becomes of it, until the callback takes it: in no promised order. */
export class Receipts {
  readonly #options: ReceiptsOptions;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  /** Those that wait for a later one of their message. */
  readonly #held = new Map<string, string>();

  constructor(options: ReceiptsOptions) {
    this.#options = options;
  }

  /** Writes down a message's present status as a receipt, and begins to send it. */
  make(message: TextMessage): void {
    if (message.statusCallback === null) return;
    const id = newSid('RC');
    const body = new URLSearchParams(formOf(message, this.#options.accountSid)).toString();
    const { sid: messageSid, statusCallback: url, status } = message;
    this.#put({ id, messageSid, url, body, status, state: 'waiting', tries: 0, lastStatus: null });
    this.send(id);
  }

  /** Begins to send a receipt that waits. */
  send(id: string): void {
    if (this.#stopping.signal.aborted || this.#underWay.has(id)) return;
    const attempt = this.#attempt(id).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, attempt);
  }

  /** Breaks off what is under way; it counts as not tried. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  async #attempt(id: string): Promise<void> {
    const { store, faults, firstRetryMs } = this.#options;
    const receipt = store.get('receipts', id);
    if (receipt?.state !== 'waiting') return;
    const { messageSid, url, status } = receipt;
    const to = store.get('messages', messageSid)?.to ?? '';
    const struck = faults.take('receipt', status, to);
    if (struck?.fault === 'dropped') return this.#put({ ...receipt, state: 'dropped' });
    if (struck?.fault === 'late') return this.#sendIn(id, struck.delayMs ?? 1_000);
    if (struck?.fault === 'reordered') {
      this.#held.set(messageSid, id);
      return;
    }
    let answered: number | null = null;
    for (let copy = 0; copy < (struck?.fault === 'duplicate' ? 2 : 1); copy += 1)
      answered = await this.#post(receipt, struck?.fault === 'wrong_signature');
    if (this.#stopping.signal.aborted) return;
    const tries = receipt.tries + 1;
    // A 4xx is a no that stays one, as Twilio sees it.
    const again = answered === null || answered >= 500;
    const state = !again ? 'taken' : tries < maxTries ? 'waiting' : 'given_up';
    this.#put({ ...receipt, url, state, tries, lastStatus: answered });
    if (state === 'waiting') return this.#sendIn(id, Math.min(firstRetryMs * 2 ** (tries - 1), longestRetryMs));
    const held = this.#held.get(messageSid);
    if (held === undefined || held === id) return;
    this.#held.delete(messageSid);
    this.send(held);
  }

  /** The answered status, null for no answer. */
  async #post({ url, body }: Receipt, forged: boolean): Promise<number | null> {
    const token = forged ? `not ${this.#options.authToken}` : this.#options.authToken;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), answerTimeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          'user-agent': 'TwilioProxy/1.1',
          'x-twilio-signature': signReceipt(url, body, token),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([patience.signal, this.#stopping.signal]),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }

  #sendIn(id: string, delayMs: number): void {
    const { alarms, nowMs } = this.#options;
    alarms.set(`receipt ${id}`, nowMs() + delayMs, () => this.send(id));
  }

  #put(receipt: Receipt): void {
    this.#options.store.put('receipts', receipt.id, receipt);
    this.#options.store.commit();
  }
}

/** Base64 HMAC-SHA1 over the address and the form's fields, sorted, names and values run together. */
export function signReceipt(url: string, body: string, authToken: string): string {
  const fields = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha1', authToken)
    .update(url + fields.flat().join(''))
    .digest('base64');
}

function formOf(message: TextMessage, accountSid: string): Record<string, string> {
  const { sid, status, to, from, errorCode } = message;
  return {
    ApiVersion: '2010-04-01',
    AccountSid: accountSid,
    MessageSid: sid,
    SmsSid: sid,
    MessageStatus: status,
    SmsStatus: status,
    From: from,
    To: to,
    ...(errorCode === null ? {} : { ErrorCode: String(errorCode) }),
    ...(to.startsWith('whatsapp:') ? { ChannelPrefix: 'whatsapp', ChannelToAddress: to } : {}),
  };
}
