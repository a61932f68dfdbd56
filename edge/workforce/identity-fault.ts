import { Fault } from '../../shared/fault.ts';
import { IdentityFailure } from '../../shared/ports/identity.ts';

/**
 * What a client is told when the identity provider refuses, or can't be asked. Anything that isn't the provider's failure stays as it is.
 * @param wrong for a wrong password or code. It is the same for an unknown and for a locked account: nobody learns who has one.
 */
export function identityFault(error: unknown, wrong = 'What you signed in with is wrong.'): unknown {
  if (!(error instanceof IdentityFailure)) return error;
  const { outcome, message } = error;
  switch (outcome) {
    case 'credentials':
    case 'disabled':
      return new Fault('unauthenticated', wrong, { reason: 'INVALID_CREDENTIALS' });
    case 'token':
      return new Fault('unauthenticated', message, { cause: error });
    case 'taken':
      return new Fault('conflict', message, { reason: 'EMAIL_TAKEN' });
    case 'weak':
      return new Fault('invalid', message, { reason: 'WEAK_PASSWORD' });
    case 'invalid':
      return new Fault('invalid', message, { cause: error });
    case 'needs_device':
      return new Fault('forbidden', message, { reason: 'NEEDS_DEVICE' });
    case 'throttled':
      return new Fault('rate_limited', message, { retryAfterS: 60 });
    case 'unavailable':
      return new Fault('unavailable', 'The identity provider cannot be reached now.', { retryAfterS: 5, cause: error });
    case 'misconfigured':
      return new Fault('internal', message, { cause: error });
    default:
      return outcome satisfies never;
  }
}
