import type { IncomingMessage } from 'node:http';
import { type Faults, type OutboxFault, readFault } from './faults.ts';
import type { KeptMail, Mailbox } from './mailbox.ts';

export interface OutboxState {
  /** Newest first. */
  mails: KeptMail[];
  faults: OutboxFault[];
}

/**
 * Answers `/_sandbox/…`: the tests' and the operator's side, JSON in and out, no key (loopback only). A browser's cross-site request is refused by
 * its `Origin`.
 */
export async function answerOperator(
  { mailbox, faults }: { mailbox: Mailbox; faults: Faults },
  req: IncomingMessage,
  path: string,
  body: string,
): Promise<{ status: number; body: unknown }> {
  if (req.method !== 'GET' && req.headers.origin !== undefined)
    return { status: 403, body: { error: 'Not for browsers.' } };
  const route = `${req.method} ${path}`;
  try {
    if (route === 'GET /_sandbox/state') {
      const state: OutboxState = { mails: mailbox.list(), faults: faults.list() };
      return { status: 200, body: state };
    }
    if (route === 'GET /_sandbox/faults') return { status: 200, body: { faults: faults.list() } };
    if (route === 'POST /_sandbox/faults') {
      faults.arm(readFault(parseObject(body)));
      return { status: 201, body: { faults: faults.list() } };
    }
    if (route === 'DELETE /_sandbox/faults') {
      faults.clear();
      return { status: 200, body: { faults: [] } };
    }
    if (route === 'DELETE /_sandbox/mails') {
      await mailbox.empty();
      return { status: 200, body: { mails: [] } };
    }
    return { status: 404, body: { error: `Nothing at ${route}.` } };
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError)
      return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function parseObject(body: string): Record<string, unknown> {
  const value: unknown = JSON.parse(body === '' ? '{}' : body);
  if (typeof value !== 'object' || value === null) throw new TypeError('a JSON object');
  return { ...value };
}
