/** An error answer on its way out: Hyperswitch's `{error: {type, message, code, reason?}}`. */
export class HyperswitchRefusal extends Error {
  readonly status: number;
  readonly error: { type: 'invalid_request' | 'api'; message: string; code: string; reason?: string };

  constructor(status: number, code: string, message: string, reason?: string) {
    super(message);
    this.name = 'HyperswitchRefusal';
    this.status = status;
    const type = status >= 500 ? 'api' : 'invalid_request';
    this.error = { type, message, code, ...(reason === undefined ? {} : { reason }) };
  }
}

export function unauthorized(): HyperswitchRefusal {
  return new HyperswitchRefusal(401, 'IR_01', 'API key not provided or invalid API key used');
}

/** 404 `HE_02`. */
export function notFound(noun: 'Payment' | 'Refund'): HyperswitchRefusal {
  return new HyperswitchRefusal(404, 'HE_02', `${noun} does not exist in our records`);
}

/** 400 `HE_01`: the id that the merchant chose is taken. That is all there is to idempotency on this wire. */
export function duplicatePayment(paymentId: string): HyperswitchRefusal {
  const message = 'The payment with the specified payment_id already exists in our records';
  return new HyperswitchRefusal(400, 'HE_01', message, `${paymentId} already exists`);
}

export function duplicateRefund(): HyperswitchRefusal {
  const message = 'Duplicate refund request. Refund already attempted with the refund ID';
  return new HyperswitchRefusal(400, 'HE_01', message);
}

/** A body that isn't what the endpoint takes. */
export function invalidBody(message: string): HyperswitchRefusal {
  return new HyperswitchRefusal(400, 'IR_06', `Json deserialize error: ${message}`);
}
