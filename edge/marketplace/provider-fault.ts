import { Fault } from '../../shared/fault.ts';
import { StripeFailure } from '../../shared/ports/stripe.ts';

/** What a client is told when the payment provider can't do its part now. Anything that isn't the provider's failure stays as it is. */
export function providerFault(error: unknown): unknown {
  if (!(error instanceof StripeFailure)) return error;
  const message = 'The payment provider cannot be reached now.';
  return new Fault('unavailable', message, { reason: 'provider_unavailable', retryAfterS: 5, cause: error });
}

/** Whether the provider has answered that the account is closed to us. */
export function isAccountGone(error: unknown): boolean {
  return error instanceof StripeFailure && error.outcome === 'refused';
}
