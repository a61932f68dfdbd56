import type { Alarms } from '../alarms.ts';
import { olderEvent, signedHeaders } from './events.ts';
import type { Faults } from './faults.ts';
import type { Rows, WebhookEvent } from './rows.ts';
import type { Store } from '../store.ts';

/** Hyperswitch tries 16 times as well, though over a day. */
const maxTries = 16;
const longestRetryMs = 60_000;
const answerTimeoutMs = 10_000;

/**
 * Sends webhooks until the receiver answers 2xx: at least once, in no promised order. What waits when the process ends is sent by the next
 * one; what nobody told where to send waits for `setUrl`.
 */
export class Deliveries {
  readonly #store: Store<Rows>;
  readonly #faults: Faults;
  readonly #alarms: Alarms;
  readonly #secret: string;
  readonly #firstRetryMs: number;
  readonly #nowMs: () => number;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  #url: string | null = null;

  constructor(options: {
    store: Store<Rows>;
    faults: Faults;
    alarms: Alarms;
    secret: string;
    firstRetryMs: number;
    nowMs: () => number;
  }) {
    this.#store = options.store;
    this.#faults = options.faults;
    this.#alarms = options.alarms;
    this.#secret = options.secret;
    this.#firstRetryMs = options.firstRetryMs;
    this.#nowMs = options.nowMs;
  }

  get url(): string | null {
    return this.#url;
  }

  /** Where webhooks go from now on, those that wait among them, at once. */
  setUrl(url: string): void {
    this.#url = url;
    for (const { event_id, state } of this.#store.all('events')) if (state === 'waiting') this.send(event_id);
  }

  /** Begins to send an event that is on record as waiting. */
  send(eventId: string): void {
    if (this.#stopping.signal.aborted || this.#url === null || this.#underWay.has(eventId)) return;
    const attempt = this.#attempt(eventId, this.#url).finally(() => this.#underWay.delete(eventId));
    this.#underWay.set(eventId, attempt);
  }

  /** Sends an event again, whatever became of it. False when there is none of that id. */
  resend(eventId: string): boolean {
    const event = this.#store.get('events', eventId);
    if (event === undefined) return false;
    this.#put({ ...event, state: 'waiting', tries: 0 });
    this.send(eventId);
    return true;
  }

  /** Breaks off what is under way; it counts as not tried. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  async #attempt(eventId: string, url: string): Promise<void> {
    const event = this.#store.get('events', eventId);
    if (event?.state !== 'waiting') return;
    const payment = this.#store.get('payments', event.payment_id ?? '');
    const subject = { payment_id: payment?.payment_id, metadata: payment?.metadata ?? undefined };
    const struck = this.#faults.take('delivery', event.event_type, subject);
    if (struck?.fault === 'dropped') return this.#put({ ...event, state: 'dropped' });
    if (struck?.fault === 'late') return this.#sendIn(eventId, struck.delayMs ?? 1000);

    const secret = struck?.fault === 'wrong_signature' ? `not ${this.#secret}` : this.#secret;
    let status: number | null = null;
    for (let copy = 0; copy < (struck?.fault === 'twice' ? 2 : 1); copy += 1) {
      status = await this.#post(url, event.body, secret);
    }
    if (this.#stopping.signal.aborted) return;
    const tries = event.tries + 1;
    const taken = status !== null && status >= 200 && status < 300;
    const state = taken ? 'delivered' : tries < maxTries ? 'waiting' : 'given_up';
    this.#put({ ...event, state, tries, last_status: status });
    if (state === 'waiting') this.#sendIn(eventId, Math.min(this.#firstRetryMs * 2 ** (tries - 1), longestRetryMs));
    const older = struck?.fault === 'out_of_order' && payment ? olderEvent(event, payment) : null;
    if (older === null) return;
    this.#put(older);
    this.send(older.event_id);
  }

  /** The answered status, null for no answer. */
  async #post(url: string, body: string, secret: string): Promise<number | null> {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), answerTimeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: signedHeaders(body, secret),
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

  #sendIn(eventId: string, delayMs: number): void {
    this.#alarms.set(`event ${eventId}`, this.#nowMs() + delayMs, () => this.send(eventId));
  }

  #put(event: WebhookEvent): void {
    this.#store.put('events', event.event_id, event);
    this.#store.commit();
  }
}
