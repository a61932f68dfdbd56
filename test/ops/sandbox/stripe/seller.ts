import { randomUUID } from 'node:crypto';
import StripeSdk from 'stripe';
import type { StripeSandbox } from '../../../../ops/sandbox/stripe/server.ts';

/** The client library as it comes, pointed at the sandbox; `fetch` so that nothing is sent twice by itself. */
export function clientOf(sandbox: StripeSandbox, apiKey = sandbox.apiKey): StripeSdk {
  return new StripeSdk(apiKey, {
    host: '127.0.0.1',
    port: sandbox.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: 500,
    httpClient: StripeSdk.createFetchHttpClient(),
  });
}

/** A connected account that has gone through its onboarding page. */
export async function onboardSeller(stripe: StripeSdk): Promise<string> {
  const account = await stripe.accounts.create({
    type: 'express',
    email: 'seller@example.com',
    capabilities: { transfers: { requested: true } },
  });
  const link = await stripe.accountLinks.create({
    account: account.id,
    type: 'account_onboarding',
    return_url: 'http://127.0.0.1/return',
    refresh_url: 'http://127.0.0.1/refresh',
  });
  await fetch(link.url, { redirect: 'manual' });
  return account.id;
}

/** Parameters of a transfer of 25.00 EUR. */
export function transferTo(destination: string, amount = 2500): StripeSdk.TransferCreateParams {
  return { amount, currency: 'eur', destination, transfer_group: 'order_1', metadata: { transfer: 't1' } };
}

export function newKey(): { idempotencyKey: string } {
  return { idempotencyKey: randomUUID() };
}

/** What the call failed with, as the library tells it. */
export async function failureOf(call: Promise<unknown>): Promise<StripeSdk.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof StripeSdk.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}
