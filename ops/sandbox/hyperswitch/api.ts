import type { IncomingMessage } from 'node:http';
import type { LoggedRequest } from '../request-log.ts';
import type { Call, Endpoint } from './endpoint.ts';
import type { HyperswitchFault } from './faults.ts';
import { cancelPayment, createPayment, retrievePayment } from './payments.ts';
import { HyperswitchRefusal, invalidBody, unauthorized } from './refusal.ts';
import { createRefund, retrieveRefund } from './refunds.ts';
import type { World } from './settle.ts';

/** What goes back over the wire, or, by a fault, doesn't. */
export type Reply = { status: number; body: unknown } | { kept: 'dropped' | 'unanswered' };

/** Every call of Hyperswitch's API that the sandbox knows. */
const endpoints: Endpoint[] = [createPayment, retrievePayment, cancelPayment, createRefund, retrieveRefund];

/** The names that a fault's `on` may carry, besides those of events. */
export const endpointNames: string[] = endpoints.map(endpoint => endpoint.name);

/** Answers one request: who asks (401), the faults, the endpoint. */
export async function answerApi(
  deps: { world: World; apiKey: string },
  req: IncomingMessage,
  url: URL,
  text: string,
  log: LoggedRequest,
): Promise<Reply> {
  const { world } = deps;
  try {
    if (req.headers['api-key'] !== deps.apiKey) throw unauthorized();
    const { endpoint, id } = findEndpoint(req.method ?? '', url.pathname);
    const call: Call = { world, id, body: parseBody(text) };
    const subject = endpoint.subject(call);
    const strike: Strike = moment => {
      const fault = world.faults.take(moment, endpoint.name, subject);
      if (fault !== null) log.faults.push(fault.fault);
      return fault;
    };
    const gate = strike('gate');
    if (gate?.fault === 'drop_before') return { kept: 'dropped' };
    if (gate?.fault === 'timeout_before') return { kept: 'unanswered' };
    if (gate?.fault === 'rate_limit') throw new HyperswitchRefusal(429, 'HE_00', 'Too many requests');
    const body = await execute(endpoint, call, strike);
    const lost = strike('answer');
    if (lost !== null) return { kept: lost.fault === 'drop_after' ? 'dropped' : 'unanswered' };
    return { status: 200, body };
  } catch (error) {
    if (error instanceof HyperswitchRefusal) return { status: error.status, body: { error: error.error } };
    throw error;
  }
}

type Strike = (moment: 'gate' | 'execution' | 'answer') => HyperswitchFault | null;

async function execute(endpoint: Endpoint, call: Call, strike: Strike): Promise<object> {
  const { faults, store } = call.world;
  const fault = strike('execution');
  if (fault?.fault === 'slow') await faults.hold(fault);
  if (fault?.fault === 'server_error') throw somethingWentWrong();
  const body = endpoint.run(call);
  store.commit();
  if (fault?.fault === 'server_error_after') throw somethingWentWrong();
  return body;
}

function findEndpoint(method: string, path: string): { endpoint: Endpoint; id: string } {
  for (const endpoint of endpoints) {
    const match = endpoint.method === method ? endpoint.path.exec(path) : null;
    if (match !== null) return { endpoint, id: match[1] ?? '' };
  }
  throw new HyperswitchRefusal(404, 'IR_02', 'Unrecognized request URL');
}

function parseBody(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw invalidBody(error instanceof Error ? error.message : 'not JSON');
  }
}

function somethingWentWrong(): HyperswitchRefusal {
  return new HyperswitchRefusal(500, 'HE_00', 'Something went wrong');
}
