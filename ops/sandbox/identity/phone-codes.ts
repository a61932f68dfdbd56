import { randomBytes, randomInt } from 'node:crypto';
import { IdentityRefusal } from './refusal.ts';

/** A code that was "sent": nothing leaves the sandbox. */
export interface SentCode {
  phoneNumber: string;
  code: string;
  sentAt: number;
}

const lifetimeMs = 600_000;
const maxWrongCodes = 5;

/** The codes by SMS, in memory only: a restart voids them, as time does. */
export class PhoneCodes {
  readonly #nowMs: () => number;
  readonly #sessions = new Map<string, SentCode & { wrong: number }>();
  readonly #last = new Map<string, SentCode>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Answers the session that the code opens. */
  send(phoneNumber: string, fixedCode: string | null): string {
    for (const [session, { sentAt }] of this.#sessions) if (this.#isOver(sentAt)) this.#sessions.delete(session);
    const code = fixedCode ?? String(randomInt(1_000_000)).padStart(6, '0');
    const sent: SentCode = { phoneNumber, code, sentAt: this.#nowMs() };
    const session = randomBytes(48).toString('base64url');
    this.#sessions.set(session, { ...sent, wrong: 0 });
    this.#last.set(phoneNumber, sent);
    return session;
  }

  /** The number that the code was sent to; the code is spent. */
  redeem(session: string, code: string): string {
    const sent = this.#sessions.get(session);
    if (sent === undefined) throw new IdentityRefusal('INVALID_SESSION_INFO');
    if (this.#isOver(sent.sentAt)) throw new IdentityRefusal('SESSION_EXPIRED');
    if (sent.wrong >= maxWrongCodes) throw new IdentityRefusal('TOO_MANY_ATTEMPTS_TRY_LATER');
    if (sent.code !== code) {
      sent.wrong += 1;
      throw new IdentityRefusal('INVALID_CODE');
    }
    this.#sessions.delete(session);
    return sent.phoneNumber;
  }

  /** The last one sent to each number. */
  last(): SentCode[] {
    return [...this.#last.values()];
  }

  #isOver(sentAt: number): boolean {
    return sentAt + lifetimeMs < this.#nowMs();
  }
}
