import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Fault } from '../shared/fault.ts';
import type { Actor } from './actor.ts';
import type { MountedContext } from './mount.ts';
import type { Route } from './route.ts';
import type { Surface } from './surface.ts';

const windowS = 60;

/**
 * Requests per minute and actor, or address where nobody is known. In this process's memory: protection, not a business
 * rule. Tells what is left by the fields of draft-ietf-httpapi-ratelimit-headers; to a service key, whose limit is out of
 * any usual reach, only once half of it is gone.
 */
export class RateLimits {
  readonly #users: RateLimiterMemory;
  readonly #services: RateLimiterMemory;
  readonly #routes = new Map<Route, RateLimiterMemory>();

  constructor(limits: { requestsPerMinute: number; serviceRequestsPerMinute: number }) {
    this.#users = new RateLimiterMemory({ points: limits.requestsPerMinute, duration: windowS });
    this.#services = new RateLimiterMemory({ points: limits.serviceRequestsPerMinute, duration: windowS });
  }

  /** Throws `Fault('rate_limited')`. Health and metrics are never limited: whoever watches must be answered. */
  async check(ctx: MountedContext, surface: Surface, route: Route, actor: Actor | null): Promise<void> {
    if (route.limitPerMinute === 0) return;
    const key = `${surface.name} ${actor?.owner ?? ctx.ip}`;
    if (actor?.kinds) await consume(ctx, this.#services, key, 'default', this.#services.points / 2);
    else await consume(ctx, this.#users, key, 'default');
    if (route.limitPerMinute !== undefined)
      await consume(ctx, this.#routeLimiter(route, route.limitPerMinute), key, 'route');
  }

  async checkAddress(ctx: MountedContext): Promise<void> {
    await consume(ctx, this.#users, `address ${ctx.ip}`, 'default');
  }

  #routeLimiter(route: Route, points: number): RateLimiterMemory {
    let limiter = this.#routes.get(route);
    if (!limiter) {
      limiter = new RateLimiterMemory({ points, duration: windowS });
      this.#routes.set(route, limiter);
    }
    return limiter;
  }
}

async function consume(
  ctx: MountedContext,
  limiter: RateLimiterMemory,
  key: string,
  policy: string,
  tellBelow: number = Number.POSITIVE_INFINITY,
): Promise<void> {
  try {
    const state = await limiter.consume(key);
    if (state.remainingPoints < tellBelow) tell(ctx, limiter, state, policy);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    tell(ctx, limiter, refused, policy);
    throw new Fault('rate_limited', 'Too many requests; wait a moment.', {
      reason: 'RATE_LIMITED',
      retryAfterS: Math.ceil(refused.msBeforeNext / 1_000),
    });
  }
}

function tell(ctx: MountedContext, limiter: RateLimiterMemory, state: RateLimiterRes, policy: string): void {
  ctx.set('ratelimit-policy', `"${policy}";q=${limiter.points};w=${windowS}`);
  ctx.set(
    'ratelimit',
    `"${policy}";r=${Math.max(0, state.remainingPoints)};t=${Math.ceil(state.msBeforeNext / 1_000)}`,
  );
}
