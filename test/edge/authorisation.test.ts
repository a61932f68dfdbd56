import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Route } from '../../edge/route.ts';
import type { Surface } from '../../edge/surface.ts';
import { settle } from '../fuzz/assemble.ts';
import { formBody, papers } from '../fuzz/form-body.ts';
import { fuzzedOperations } from '../fuzz/fuzz.ts';
import { arbitraryOf } from '../fuzz/schema-arbitrary.ts';
import { type FuzzAnswer, FuzzClient } from '../fuzz/send.ts';
import { kindOf, kindOfPath, ValuePool } from '../fuzz/value-pool.ts';
import { unlimitedSurfaces } from '../fuzz/world.ts';
import type { As, Cast } from './authorisation-casts.ts';
import { type AuthorisationScene, openAuthorisationScene } from './authorisation-scene.ts';

const entries = unlimitedSurfaces().flatMap(surface => surface.routes.map(route => ({ surface, route })));
type Entry = { surface: Surface; route: Route };

/** Every kind of actor, in the order in which they ask: whoever may change something comes last. */
const actors = [
  'nobody',
  'malformed token',
  'expired token',
  'revoked token',
  'token of another surface',
  'no longer a member',
  'wrong role',
  'another owner',
  'another tenant',
  'right one',
] as const;
type ActorKind = (typeof actors)[number];
/** To whom it matters whose something is. */
const lastActors: readonly ActorKind[] = ['another owner', 'another tenant', 'right one'];

/** What an answer may be; null where there is no such actor, or nothing of anybody's in the path. */
type Expected = number | readonly number[] | 'as nobody' | 'not refused' | null;

/** Paths that name what a whole tenant, or everybody, may use: another owner is no stranger to it. */
const shared: Record<string, string> = {
  'POST /api/v1/marketplace/products/:id/reviews': 'open to whoever bought it',
  'GET /client/vendors/:vendorId/roles': 'the vendors of a tenant serve all its customers',
  'GET /staff/shifts/:shiftId': 'an open shift shows itself to everybody who could apply',
  'POST /staff/shifts/:shiftId/apply': 'as above',
  'POST /staff/profile/documents/:documentId/upload': 'what a tenant asks of each of its staff',
  'POST /staff/profile/attire/:itemId/upload': 'as above',
  'GET /query/tenants/:tenantId/orders': "a tenant's id names no more than the tenant",
  'GET /query/tenants/:tenantId/staff/:staffId/review-summary':
    'what a worker is worth is told to all customers of the tenant',
};

/** The table. Every route is one of these rules' for every kind of actor. */
function expectedOf({ surface, route }: Entry, kind: ActorKind, cast: Cast | null): Expected {
  if (route.roles === 'public' || route.roles === 'optional') return kind === 'nobody' ? 'not refused' : 'as nobody';
  const anybody = route.roles === 'any';
  switch (kind) {
    case 'nobody':
    case 'malformed token':
    case 'expired token':
      return 401;
    case 'revoked token':
      return cast?.revoked ? 401 : null;
    case 'token of another surface':
      return surface.name === 'jobs' ? null : 401; // its tokens are those of all surfaces
    case 'no longer a member':
      // Clerk's people belong to no tenant at first, and some routes are for them.
      return cast?.gone ? (surface.name === 'fieldservice' && anybody ? null : 403) : null;
    case 'wrong role':
      return anybody || !cast?.wrongRole || route.roles.includes(cast.wrongRole.role) ? null : 403;
    case 'another owner':
      return namesOwned(route) && cast?.anotherOwner && !(nameOf(route) in shared)
        ? [403, 404, ...mismatch(route)]
        : null;
    case 'another tenant':
      if (surface.name === 'fieldservice') return anybody ? null : 403;
      return namesOwned(route) && cast?.anotherTenant ? [403, 404] : null;
    case 'right one':
      return 'not refused';
    default:
      return kind satisfies never;
  }
}

/** Field service says so where path and header name different tenants. */
function mismatch({ path }: Route): number[] {
  return path.startsWith('/v1/tenants/:id') ? [400] : [];
}

/** Words in a path that belong to nobody. */
const words = new Set(['kind', 'version', 'formType', 'certificateType', 'surface', 'name', 'token']);

function namesOwned({ path }: Route): boolean {
  return [...path.matchAll(/:(\w+)/g)].some(([, name]) => !words.has(name as string));
}

describe('authorisation', function () {
  this.timeout(120_000);
  let scene: AuthorisationScene;
  let client: FuzzClient;
  const operations = new Map(
    fuzzedOperations().map(operation => [`${operation.surface} ${operation.method} ${operation.path}`, operation]),
  );

  before(async () => {
    scene = await openAuthorisationScene();
    client = new FuzzClient(scene.url, 4);
  });
  after(async () => {
    client?.close();
    await scene?.stop();
  });

  function castOf({ surface, route }: Entry): Cast | null {
    if (route.roles === 'public' || route.roles === 'optional') return null;
    const { roles } = route;
    const found = Object.entries(scene.casts).find(([name]) =>
      typeof roles === 'string' ? name.startsWith(surface.name) : roles.includes(name) || name === surface.name,
    );
    assert.ok(found, `nobody in the scene has one of the roles ${String(roles)}`);
    // A verification is a worker's own.
    return surface.name === 'workforce' && roles === 'any' ? (scene.casts['workforce:staff'] as Cast) : found[1];
  }

  async function headersOf({ surface, route }: Entry, kind: ActorKind, cast: Cast | null): Promise<As> {
    const other = surface.name === 'marketplace' ? 'workforce:client' : 'marketplace:user';
    const known: Record<ActorKind, As | undefined> = {
      nobody: {},
      'malformed token': { authorization: 'Bearer a.b.c' },
      'expired token': (cast ?? scene.casts['marketplace:user'])?.expired,
      'revoked token': (cast ?? scene.casts['marketplace:user'])?.revoked,
      'token of another surface': { ...cast?.right, ...scene.casts[other]?.right },
      'no longer a member': (cast ?? scene.casts['workforce:client'])?.gone,
      'wrong role': (cast ?? scene.casts['workforce:client'])?.wrongRole?.as,
      'another owner': (cast ?? scene.casts['workforce:client'])?.anotherOwner,
      'another tenant': (cast ?? scene.casts['workforce:client'])?.anotherTenant,
      'right one': (cast ?? scene.casts['marketplace:user'])?.right,
    };
    if (kind === 'right one' && /\/(sign-out|logout)$/.test(route.path))
      return (await (cast ?? scene.casts['marketplace:user'])?.leaver?.()) ?? {};
    return known[kind] ?? {};
  }

  function pathOf({ surface, route }: Entry): string {
    const ids = scene.ids[surface.name] ?? {};
    return route.path.replace(/:(\w+)/g, (_, name: string) => {
      const before = route.path
        .slice(0, route.path.indexOf(`:${name}`))
        .replace(/:\w+/g, '')
        .replace(/\/+/g, '/');
      const key = name === 'id' ? kindOfPath(before) : words.has(name) ? name : kindOf(name);
      assert.ok(ids[key], `the scene has no ${key} for ${route.path}: name one there`);
      return ids[key];
    });
  }

  interface Body {
    headers: As;
    bytes: Buffer | null;
  }
  const json = { 'content-type': 'application/json' };
  const none: Body = { headers: {}, bytes: null };
  const empty: Body = { headers: json, bytes: Buffer.from('{}') };

  /** Bodies that the route's own document admits, which name what the right one has; one that is none where it takes none. */
  function bodiesOf({ surface, route }: Entry): Body[] {
    const operation = operations.get(`${surface.name} ${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`);
    if (!operation?.body) return [none];
    const { contentType, schema } = operation.body;
    const pool = new ValuePool();
    for (const [kind, id] of Object.entries(scene.ids[surface.name] ?? {})) pool.keep('scene', kindOf(kind), id);
    return fc.sample(arbitraryOf(operation.document, schema, ''), { seed: 7, numRuns: 40 }).map(drawn => {
      const value = settle(drawn, pool, null);
      if (contentType !== 'multipart/form-data') return { headers: json, bytes: Buffer.from(JSON.stringify(value)) };
      const form = formBody(value, papers[0]!);
      return { headers: { 'content-type': form.contentType }, bytes: form.bytes };
    });
  }

  async function ask(entry: Entry, kind: ActorKind, cast: Cast | null, body: Body): Promise<FuzzAnswer> {
    const headers = {
      'idempotency-key': randomUUID(),
      ...body.headers,
      ...(body.bytes ? { 'content-length': String(body.bytes.length) } : {}),
      ...(await headersOf(entry, kind, cast)),
    };
    return client.send({ method: entry.route.method, path: pathOf(entry), headers, body: body.bytes });
  }

  /** Whose something is shows once the body is found good: several are tried, and the answer to the first such counts. */
  async function askInEarnest(entry: Entry, kind: ActorKind, cast: Cast | null, expected: Expected) {
    let answer: FuzzAnswer | undefined;
    for (const body of bodiesOf(entry)) {
      answer = await ask(entry, kind, cast, body);
      if ([expected].flat().includes(answer.status) || ![400, 422].includes(answer.status)) break;
    }
    return answer!;
  }

  async function check(entry: Entry, kind: ActorKind): Promise<void> {
    const cast = castOf(entry);
    const expected = expectedOf(entry, kind, cast);
    if (expected === null) return;
    const { route } = entry;
    const guarded = route.roles !== 'public' && route.roles !== 'optional';
    const body = route.method === 'GET' ? none : empty;
    const ofNobody = kind === 'right one' && nameOf(route) in shared;
    const inEarnest = guarded && namesOwned(route) && lastActors.includes(kind) && !ofNobody;
    const { status, body: answered } = await (inEarnest
      ? askInEarnest(entry, kind, cast, expected)
      : ask(entry, kind, cast, body));
    const told = `${kind}: ${nameOf(route)} → ${status} ${answered.toString().slice(0, 200)}`;
    if (expected === 'as nobody') assert.equal(status, (await ask(entry, 'nobody', cast, body)).status, told);
    else if (expected !== 'not refused') assert.ok([expected].flat().includes(status), told);
    else {
      assert.ok(!guarded || ![401, 403].includes(status), told);
      // The ids are of something that is there: another's 404 says that it is hidden.
      assert.ok(!namesOwned(route) || !(inEarnest ? [400, 404, 422] : [404]).includes(status), told);
    }
  }

  // Looks before changes, and what takes away last: first the parts, then the whole.
  const turn = ({ route }: Entry) => ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'].indexOf(route.method);
  for (const entry of entries.toSorted((a, b) => turn(a) - turn(b) || b.route.path.length - a.route.path.length)) {
    it(`${entry.surface.name}: ${nameOf(entry.route)}`, async () => {
      for (const kind of actors) await check(entry, kind);
    });
  }

  it('names no route as shared that is not there', () => {
    const names = new Set(entries.map(({ route }) => nameOf(route)));
    assert.deepEqual(
      Object.keys(shared).filter(name => !names.has(name)),
      [],
    );
  });
});

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
