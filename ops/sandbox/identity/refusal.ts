/** An error answer on its way out: Google's `{error: {code, message, errors, status?, details?}}`. The message is what clients go by. */
export class IdentityRefusal extends Error {
  readonly status: number;
  readonly error: object;

  constructor(message: string, status = 400, more: { status?: string; details?: object[] } = {}) {
    super(message);
    this.name = 'IdentityRefusal';
    this.status = status;
    this.error = { code: status, message, errors: [{ message, domain: 'global', reason: 'invalid' }], ...more };
  }
}

/** Google's answer to a wrong key: its code is in the details only. */
export function wrongApiKey(): IdentityRefusal {
  return new IdentityRefusal('API key not valid. Please pass a valid API key.', 400, {
    status: 'INVALID_ARGUMENT',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'identitytoolkit.googleapis.com' },
      },
    ],
  });
}

export function missingApiKey(): IdentityRefusal {
  const message = 'The request is missing a valid API key.';
  return new IdentityRefusal(message, 403, { status: 'PERMISSION_DENIED' });
}

export function outOfQuota(): IdentityRefusal {
  const message = "Quota exceeded for quota metric 'Identity requests' of service 'identitytoolkit.googleapis.com'.";
  return new IdentityRefusal(message, 429, { status: 'RESOURCE_EXHAUSTED' });
}

/** Each body that isn't what the endpoint takes. */
export function invalidPayload(detail: string): IdentityRefusal {
  return new IdentityRefusal(`Invalid JSON payload received. ${detail}`, 400, { status: 'INVALID_ARGUMENT' });
}
