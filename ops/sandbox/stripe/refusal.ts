/** The `error` object of a Stripe answer (docs.stripe.com/api/errors). */
export interface StripeErrorBody {
  type: 'invalid_request_error' | 'api_error' | 'idempotency_error';
  message: string;
  code?: string;
  param?: string;
}

/** An error answer on its way out. Whether it is stored under the idempotency key depends on who threw it, not on itself. */
export class StripeRefusal extends Error {
  readonly status: number;
  readonly error: StripeErrorBody;

  constructor(status: number, error: StripeErrorBody) {
    super(error.message);
    this.name = 'StripeRefusal';
    this.status = status;
    this.error = error;
  }
}

/** 400 `invalid_request_error`, Stripe's answer to nearly everything a caller can do wrong. */
export function invalidRequest(message: string, code?: string, param?: string, status = 400): StripeRefusal {
  return new StripeRefusal(status, {
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  });
}

/** `resource_missing`: 404 when the id is part of the path, 400 when it is a parameter. */
export function resourceMissing(noun: string, id: string, param: string): StripeRefusal {
  return invalidRequest(`No such ${noun}: '${id}'`, 'resource_missing', param, param === 'id' ? 404 : 400);
}

/** A platform key that asks for an account it doesn't control, or one that was deleted: 403. */
export function accountInvalid(apiKey: string, accountId: string): StripeRefusal {
  const masked = `${apiKey.slice(0, 8)}***${apiKey.slice(-4)}`;
  return invalidRequest(
    `The provided key '${masked}' does not have access to account '${accountId}' (or that account does not exist). Application access may have been revoked.`,
    'account_invalid',
    undefined,
    403,
  );
}

/** The platform's available balance doesn't cover a transfer. */
export function balanceInsufficient(): StripeRefusal {
  return invalidRequest(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating a top-up.',
    'balance_insufficient',
  );
}

/** The destination has no active `transfers` capability: not onboarded yet, or rejected and closed. */
export function capabilitiesInsufficient(): StripeRefusal {
  return invalidRequest(
    'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
    'insufficient_capabilities_for_transfer',
    'destination',
  );
}
