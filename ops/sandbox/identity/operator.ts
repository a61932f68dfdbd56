import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { hashPassword } from '../../../shared/password.ts';
import type { Reply } from '../json-server.ts';
import type { SigningKey } from '../key-ring.ts';
import type { LoggedRequest, RequestLog } from '../request-log.ts';
import { endpointNames } from './api.ts';
import { faultMoments, type IdentityFault, type IdentityFaultName } from './faults.ts';
import type { SentCode } from './phone-codes.ts';
import { IdentityRefusal } from './refusal.ts';
import type { User, World } from './rows.ts';
import { addUser, checkPassword, saveUser } from './users.ts';

/** Everything there is to see, but no secret; rows oldest first. */
export interface IdentitySandboxState {
  users: Omit<User, 'passwordHash'>[];
  keys: Omit<SigningKey, 'privateJwk'>[];
  /** The last one of each number. */
  codes: SentCode[];
  faults: IdentityFault[];
  /** The last 1,000, oldest first; without what follows the `?`. */
  requests: LoggedRequest[];
}

const faultNames = Object.keys(faultMoments) as IdentityFaultName[];
const faultSchema = z.strictObject({
  on: z.enum(['*', ...endpointNames]),
  fault: z.enum(faultNames),
  times: z.int().min(1).optional(),
  delayMs: z.int().min(0).optional(),
  match: z.strictObject({ email: z.string().optional(), phoneNumber: z.string().optional() }).optional(),
});
const userSchema = z
  .strictObject({
    email: z.string().optional(),
    password: z.string().optional(),
    phoneNumber: z.string().optional(),
    displayName: z.string().max(200).optional(),
    uid: z
      .string()
      .regex(/^[\w-]{1,128}$/)
      .optional(),
    code: z
      .string()
      .regex(/^\d{6}$/)
      .optional(),
  })
  .refine(({ email, phoneNumber }) => email !== undefined || phoneNumber !== undefined, 'an email or a phoneNumber');
const changeSchema = z.strictObject({ disabled: z.boolean().optional(), password: z.string().optional() });
const rotateSchema = z.strictObject({ withdraw: z.boolean().optional() });

export function readState({ store, codes, faults }: World, log: RequestLog): IdentitySandboxState {
  return structuredClone({
    users: store.all('users').map(shown),
    keys: store.all('keys').map(({ kid, createdAt, retiredAt }) => ({ kid, createdAt, retiredAt })),
    codes: codes.last(),
    faults: faults.list(),
    requests: log.list(),
  });
}

/**
 * Answers `/_sandbox/…`, which the provider doesn't have: the tests' and the operator's side, JSON in and out, no key (loopback only). A
 * browser's cross-site request is refused by its `Origin`.
 */
export async function answerOperator(
  world: World,
  log: RequestLog,
  req: IncomingMessage,
  url: URL,
  text: string,
): Promise<Reply> {
  if (req.method !== 'GET' && req.headers.origin !== undefined) return refuse(403, 'Not for browsers.');
  const [, what = '', id = ''] = /^\/_sandbox\/([a-z-]+)(?:\/([\w-]+))?$/.exec(url.pathname) ?? [];
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text);
    return await operate(world, log, `${req.method} ${what}${id === '' ? '' : '/:id'}`, id, body);
  } catch (error) {
    if (error instanceof z.ZodError) return refuse(400, z.prettifyError(error));
    if (error instanceof SyntaxError) return refuse(400, error.message);
    if (error instanceof IdentityRefusal) return refuse(409, error.message);
    throw error;
  }
}

async function operate(world: World, log: RequestLog, route: string, id: string, body: unknown): Promise<Reply> {
  const { store, faults } = world;
  switch (route) {
    case 'GET state':
      return { status: 200, body: readState(world, log) };
    case 'GET codes':
      return { status: 200, body: { codes: world.codes.last() } };
    case 'GET faults':
      return { status: 200, body: { faults: faults.list() } };
    case 'POST faults':
      faults.arm(readFault(body));
      return { status: 201, body: { faults: faults.list() } };
    case 'DELETE faults':
      faults.clear();
      return { status: 200, body: { faults: [] } };
    case 'POST rotate-keys':
      return { status: 200, body: { kid: await world.keys.rotate(rotateSchema.parse(body).withdraw) } };
    case 'POST users':
      return { status: 201, body: shown(await addUser(world, userSchema.parse(body))) };
    case 'POST users/:id': {
      const { disabled, password } = changeSchema.parse(body);
      const passwordHash = password === undefined ? undefined : await hashPassword(checkPassword(password));
      const user = store.get('users', id);
      if (user === undefined) return refuse(404, 'No such user.');
      const changed = {
        ...user,
        ...(disabled === undefined ? {} : { disabled }),
        ...(passwordHash === undefined ? {} : { passwordHash }),
      };
      return { status: 200, body: shown(saveUser(world, changed)) };
    }
    default:
      return refuse(404, `Nothing at ${route}.`);
  }
}

/** A fault from outside, checked. Throws ZodError saying what is wrong. */
export function readFault(given: unknown): IdentityFault {
  const { on, fault, times, delayMs, match } = faultSchema.parse(given);
  return {
    on,
    fault,
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(match === undefined ? {} : { match }),
  };
}

function shown(user: User): Omit<User, 'passwordHash'> {
  const { passwordHash: _, ...fields } = user;
  return fields;
}

function refuse(status: number, error: string): Reply {
  return { status, body: { error } };
}
