import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Fault } from './fault.ts';

const windowS = 300;

/** Tries in five minutes. */
export interface LoginLimits {
  perAccount: number;
  perAddress: number;
}

/** Ten guesses at one account, and sixty from one address: an office behind one router. */
const passwordLimits: LoginLimits = { perAccount: 10, perAddress: 60 };

/** Slows guessing at passwords, per account and per address, in this process. */
export class LoginThrottle {
  readonly #accounts: RateLimiterMemory;
  readonly #addresses: RateLimiterMemory;

  constructor({ perAccount, perAddress }: LoginLimits = passwordLimits) {
    this.#accounts = new RateLimiterMemory({ points: perAccount, duration: windowS });
    this.#addresses = new RateLimiterMemory({ points: perAddress, duration: windowS });
  }

  /** Counts a try before its password is looked at, so that many at once count too. Throws `Fault('rate_limited')`. */
  async count(account: string, address: string): Promise<void> {
    await this.#consume(this.#addresses, address);
    await this.#consume(this.#accounts, account.toLowerCase());
  }

  /** The account's owner is in: earlier slips no longer count against them. */
  async forgive(account: string, address: string): Promise<void> {
    await this.#accounts.delete(account.toLowerCase());
    await this.#addresses.reward(address);
  }

  async #consume(limiter: RateLimiterMemory, key: string): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterS = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
      throw new Fault('rate_limited', 'Too many login attempts; try again later.', { retryAfterS });
    }
  }
}
