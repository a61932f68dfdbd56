import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Reply } from '../json-server.ts';
import type { LoggedRequest, RequestLog } from '../request-log.ts';
import { readFault, type TwilioFault } from './faults.ts';
import { moveMessage } from './messages.ts';
import { messageStatuses, type Receipt, type TextMessage, type World } from './rows.ts';

/** Everything there is to see; rows oldest first. */
export interface TwilioSandboxState {
  messages: TextMessage[];
  receipts: Receipt[];
  faults: TwilioFault[];
  /** The last 1,000, oldest first; without what follows the `?`. */
  requests: LoggedRequest[];
}

const moveSchema = z.strictObject({ status: z.enum(messageStatuses), errorCode: z.int().nullable().default(null) });

export function readState({ store, faults }: World, log: RequestLog): TwilioSandboxState {
  return structuredClone({
    messages: store.all('messages'),
    receipts: store.all('receipts'),
    faults: faults.list(),
    requests: log.list(),
  });
}

/**
 * Answers `/_sandbox/…`, which the provider doesn't have: the tests' and the operator's side, JSON in and out, no key (loopback only). A
 * browser's cross-site request is refused by its `Origin`.
 */
export function answerOperator(world: World, log: RequestLog, req: IncomingMessage, url: URL, text: string): Reply {
  if (req.method !== 'GET' && req.headers.origin !== undefined) return refuse(403, 'Not for browsers.');
  const [, what = '', sid = ''] = /^\/_sandbox\/([a-z]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
  const route = `${req.method} ${what}${sid === '' ? '' : '/:sid'}`;
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text);
    switch (route) {
      case 'GET state':
        return { status: 200, body: readState(world, log) };
      case 'POST faults':
        world.faults.arm(readFault(body));
        return { status: 201, body: { faults: world.faults.list() } };
      case 'DELETE faults':
        world.faults.clear();
        return { status: 200, body: { faults: [] } };
      case 'POST messages/:sid': {
        const message = world.store.get('messages', sid);
        if (!message) return refuse(404, 'No such message.');
        const { status, errorCode } = moveSchema.parse(body);
        return { status: 200, body: moveMessage(world, message, status, errorCode) };
      }
      default:
        return refuse(404, `Nothing at ${req.method} ${url.pathname}.`);
    }
  } catch (error) {
    if (error instanceof z.ZodError) return refuse(400, z.prettifyError(error));
    if (error instanceof SyntaxError) return refuse(400, error.message);
    throw error;
  }
}

function refuse(status: number, error: string): Reply {
  return { status, body: { error } };
}
