import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Reply } from '../json-server.ts';
import type { LoggedRequest } from '../request-log.ts';
import { deleteAccount, lookup, signInWithPassword, signUp, update } from './accounts.ts';
import type { Endpoint } from './endpoint.ts';
import type { FaultSubject, IdentityFault, Moment } from './faults.ts';
import { sendVerificationCode, signInWithPhoneNumber } from './phone.ts';
import { IdentityRefusal, invalidPayload, missingApiKey, outOfQuota, wrongApiKey } from './refusal.ts';
import type { World } from './rows.ts';
import { keys, token } from './secure-token.ts';

/** Every call of the provider's that the sandbox knows. */
const endpoints: Endpoint[] = [
  signUp,
  signInWithPassword,
  update,
  lookup,
  deleteAccount,
  sendVerificationCode,
  signInWithPhoneNumber,
  token,
  keys,
];

/** The names that a fault's `on` may carry. */
export const endpointNames: string[] = endpoints.map(endpoint => endpoint.name);

const subjectSchema = z.object({ email: z.string().optional(), phoneNumber: z.string().optional() });

type Strike = (moment: Moment) => IdentityFault | null;

/** Answers one request: the API key, the faults, the endpoint. Browsers may call from anywhere, as they may call the provider. */
export async function answerApi(
  { world, apiKey }: { world: World; apiKey: string },
  req: IncomingMessage,
  url: URL,
  text: string,
  log: LoggedRequest,
): Promise<Reply> {
  const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*' };
  if (req.method === 'OPTIONS') return { status: 204, body: undefined, headers };
  try {
    const endpoint = endpoints.find(({ method, path }) => method === req.method && path === url.pathname);
    if (endpoint === undefined) throw new IdentityRefusal('Not Found', 404, { status: 'NOT_FOUND' });
    if (endpoint !== keys) checkKey(url.searchParams.get('key'), apiKey);
    const body = parseBody(req, text);
    const subject: FaultSubject = subjectSchema.safeParse(body).data ?? {};
    const strike: Strike = moment => {
      const fault = world.faults.take(moment, endpoint.name, subject);
      if (fault !== null) log.faults.push(fault.fault);
      return fault;
    };
    const gate = strike('gate')?.fault;
    if (gate === 'drop_before') return { kept: 'dropped' };
    if (gate === 'timeout_before') return { kept: 'unanswered' };
    if (gate === 'rate_limit') throw outOfQuota();
    if (gate === 'too_many_attempts') throw tooManyAttempts();
    const answer = await execute(world, endpoint, body, strike);
    const lost = strike('answer')?.fault;
    if (lost === 'garbage') return { status: 200, body: '<html>Welcome to the hotel</html>', headers };
    if (lost !== undefined) return { kept: lost === 'drop_after' ? 'dropped' : 'unanswered' };
    return { status: 200, body: answer, headers };
  } catch (error) {
    if (error instanceof IdentityRefusal) return { status: error.status, body: { error: error.error }, headers };
    throw error;
  }
}

async function execute(world: World, endpoint: Endpoint, body: unknown, strike: Strike): Promise<object> {
  const fault = strike('execution');
  if (fault?.fault === 'slow') await world.faults.hold(fault);
  if (fault?.fault === 'server_error') throw internalError();
  const answer = await endpoint.run(world, body);
  if (fault?.fault === 'server_error_after') throw internalError();
  return answer;
}

function checkKey(given: string | null, apiKey: string): void {
  if (given === null || given === '') throw missingApiKey();
  if (given !== apiKey) throw wrongApiKey();
}

/** JSON, or a form, which is what clients refresh with. */
function parseBody(req: IncomingMessage, text: string): unknown {
  if (req.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true)
    return Object.fromEntries(new URLSearchParams(text));
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw invalidPayload(error instanceof Error ? error.message : 'not JSON');
  }
}

function internalError(): IdentityRefusal {
  return new IdentityRefusal('Internal error encountered.', 500, { status: 'INTERNAL' });
}

function tooManyAttempts(): IdentityRefusal {
  return new IdentityRefusal(
    'TOO_MANY_ATTEMPTS_TRY_LATER : Access to this account has been temporarily disabled due to many failed login attempts.',
  );
}
