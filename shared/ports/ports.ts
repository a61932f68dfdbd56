import type { Config } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import { createStripePort, type StripePort } from './stripe.ts';

/** Everything outside that our code may touch, each behind the real client library. */
export interface Ports {
  stripe: StripePort;
}
export type PortName = keyof Ports;

/** Throws if a provider is not configured; `npm start` configures the sandbox. */
export function connectPorts(config: Config, metrics: Metrics): Ports {
  if (config.stripeSecretKey === undefined)
    throw new Error('STRIPE_SECRET_KEY is not set; "npm start" brings a sandbox of its own');
  return {
    stripe: createStripePort({
      secretKey: config.stripeSecretKey,
      timeoutMs: config.stripeTimeoutMs,
      ...(config.stripeApiBase === undefined ? {} : { apiBase: config.stripeApiBase }),
      onRequest: ({ operation, status, durationMs }) =>
        metrics.providerCalls.observe(
          { provider: 'stripe', operation, outcome: status === null ? 'none' : String(status) },
          durationMs / 1_000,
        ),
    }),
  };
}
