/** An error as Twilio answers it. */
export class TwilioRefusal extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, message: string, status = 400) {
    super(message);
    this.name = 'TwilioRefusal';
    this.code = code;
    this.status = status;
  }

  get body(): { code: number; message: string; more_info: string; status: number } {
    const { code, message, status } = this;
    return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  }
}

export const authenticate = () => new TwilioRefusal(20003, 'Authenticate', 401);
export const tooManyRequests = () => new TwilioRefusal(20429, 'Too Many Requests', 429);
export const serverError = () => new TwilioRefusal(20500, 'Internal Server Error', 500);
export const notFound = (path: string) => new TwilioRefusal(20404, `The requested resource ${path} was not found`, 404);

/** What Twilio says of a number it won't send to. */
const wordsOf: Record<number, (to: string) => string> = {
  21211: to => `The 'To' number ${to} is not a valid phone number.`,
  21408: to => `Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ${to}`,
  21610: () => 'Attempt to send to unsubscribed recipient',
  21612: to => `The 'To' phone number: ${to}, is not currently reachable using the 'From' phone number.`,
  21614: to => `'To' number: ${to}, is not a valid mobile number`,
  63003: to => `Channel could not find To address: ${to}`,
};

export function refusedNumber(code: number, to: string): TwilioRefusal {
  return new TwilioRefusal(code, wordsOf[code]?.(to) ?? `The message to ${to} was refused.`);
}

/** Twilio's own test numbers, and what each is refused with. */
export const refusedNumbers: Record<string, number> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};

/**
 * Ours, for what its test numbers have no example of: messages to the first are taken and never arrive, to the second
 * neither when they are WhatsApp, which it does not have.
 */
export const deafNumbers: Record<string, { sms: number | null; whatsapp: number }> = {
  '+15005550010': { sms: 30003, whatsapp: 63003 },
  '+15005550011': { sms: null, whatsapp: 63003 },
};
