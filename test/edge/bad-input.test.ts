import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { createSession } from '../../db/marketplace/sessions.ts';
import { createUser } from '../../db/marketplace/users.ts';
import { loadSurfaces } from '../../edge/app.ts';
import { signAccessToken } from '../../edge/marketplace/tokens.ts';
import { marketplaceIssuer, signingKeys, signToken } from '../../edge/marketplace/signed-token.ts';
import { defaultMaxBodyBytes } from '../../edge/mount.ts';
import type { Route } from '../../edge/route.ts';
import type { Surface } from '../../edge/surface.ts';
import { serveEdge, type ServedEdge } from '../support/edge.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { type Outside, startOutside } from '../support/outside.ts';
import { RawConnection, requestText, type RawAnswer } from '../support/raw-http.ts';

// A table of bad requests would meet the limits of the dearer routes first.
const surfaces: Surface[] = loadSurfaces().map(surface => ({
  ...surface,
  routes: surface.routes.map(({ limitPerMinute: _unlimited, ...route }) => route),
}));
const entries = surfaces.flatMap(surface => surface.routes.map(route => ({ surface, route })));
const nobody = '0197d9a0-0000-7000-8000-000000000001';
const large = defaultMaxBodyBytes + 1;

type Entry = (typeof entries)[number];
type Headers = Record<string, string | readonly string[]>;

/** A path of a route with every parameter filled in. */
function pathOf(
  route: Route,
  fill: (name: string) => string = name =>
    ({ kind: 'noop', version: '1', formType: 'W4', certificateType: 'food_handler' })[name] ?? nobody,
): string {
  return route.path.replace(/:(\w+)/g, (_, name: string) => fill(name));
}

function takesJson(route: Route): boolean {
  return (route.bodyKind ?? (route.body ? 'json' : 'none')) === 'json';
}

/** Takes any JSON object at all: what a kind makes of it is the kind's own test. */
function takesAnything(route: Route): boolean {
  return route.body instanceof z.ZodUnknown;
}

describe('bad input', function () {
  this.timeout(120_000);
  let served: ServedEdge;
  let outside: Outside;
  let operator: string;
  /** The id of a user who is an administrator. */
  let admin: string;

  before(async () => {
    outside = await startOutside();
    served = await serveEdge({ surfaces, ports: outside.ports, env: { LOG_LEVEL: 'silent' } });
    operator = await served.key({ operator: true });
    admin = await join('admin');
  });

  after(async () => {
    await served.stop();
    await outside.stop();
  });

  async function join(role: 'user' | 'admin'): Promise<string> {
    const name = randomUUID().slice(0, 12);
    const email = `${name}@example.com`;
    const user = await createUser(served.db, { username: name, email, passwordHash: 'none', role });
    assert.ok(user);
    return user.id;
  }

  async function openSession(userId: string): Promise<{ userId: string; sessionId: string; role: string }> {
    const sessionId = await served.db.tx(tx => createSession(tx, userId, Buffer.from(randomUUID())));
    // What a token says of its role is not believed.
    return { userId, sessionId, role: 'admin' };
  }

  /** A good token that the surface's routes admit, in a session of its own: one of the routes ends it. */
  async function tokenFor({ surface, route }: Entry): Promise<string> {
    if (surface.name === 'jobs') return operator;
    if (surface.name === 'fieldservice') return (manager ??= await addManager());
    if (surface.name === 'marketplace') return signAccessToken(served.spine.config, await openSession(admin));
    // Signing out ends every token of its user.
    return route.path.endsWith('sign-out') ? addColleague() : (colleague ??= await addColleague());
  }
  let colleague: string | undefined;
  let manager: string | undefined;

  /** The manager of a tenant whose id is the one that paths are filled with; a token of theirs. */
  async function addManager(): Promise<string> {
    const { id: subject } = outside.clerk.keepUser({ email: 'manager@example.com', name: 'x' });
    await served.db.none(
      `with person as (insert into fieldservice.users (id, subject) values ($1, $2) returning id),
        tenant as (insert into fieldservice.tenants (id, name, owner_user_id) select $3, 'x', id from person returning id)
      insert into fieldservice.memberships (tenant_id, user_id, role) select tenant.id, person.id, 'manager' from tenant, person`,
      [randomUUID(), subject, nobody],
    );
    return outside.clerk.signToken(subject, { lifetimeS: 3_600 });
  }

  /** Somebody who is everything in a tenant of their own; a token of theirs. */
  async function addColleague(): Promise<string> {
    const [userId, tenantId, businessId] = [uuidV7(), uuidV7(), uuidV7()];
    const uid = await outside.identity.addUser({ email: `${userId}@example.com`, password: 'correct horse' });
    await served.db.none(
      `with tenant as (insert into workforce.tenants (id, name) values ($2, 'x') returning id),
        person as (insert into workforce.users (id, identity_uid) values ($1, $4) returning id),
        business as (insert into workforce.businesses (id, tenant_id, name) select $3, id, 'x' from tenant returning id),
        member as (insert into workforce.business_members (business_id, user_id) select business.id, person.id from business, person returning user_id),
        staff as (insert into workforce.staff (id, tenant_id, user_id, full_name) select $5, tenant.id, person.id, 'x' from tenant, person returning id)
      insert into workforce.memberships (user_id, tenant_id, role)
      select person.id, tenant.id, unnest(array['CLIENT_OWNER', 'STAFF', 'REVIEWER', 'TENANT_ADMIN']) from person, tenant`,
      [userId, tenantId, businessId, uid, uuidV7()],
    );
    return outside.identity.signToken(uid);
  }

  /** What a route asks for: an Idempotency-Key, a tenant. */
  function keyOf(route: Route): Headers {
    return {
      ...(route.idempotency === 'required' ? { 'idempotency-key': randomUUID() } : {}),
      ...(route.path.startsWith('/v1/') ? { 'x-tenant-id': nobody } : {}),
    };
  }

  /**
   * Sends one bad request on a connection of its own and holds the answer against what every bad request is owed: a 4xx
   * in the surface's envelope, and a connection that is usable afterwards or closed on purpose.
   */
  async function refused(
    { surface, route }: Entry,
    expected: number | readonly number[],
    request: { path?: string; headers?: Headers; body?: string | Buffer; token?: string | null },
  ): Promise<RawAnswer> {
    const { path = pathOf(route), headers = {}, body, token = await tokenFor({ surface, route }) } = request;
    const connection = await RawConnection.open(served.url);
    try {
      const length: Headers = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const bearer: Headers = token === null ? {} : { authorization: `Bearer ${token}` };
      const text = requestText(route.method, path, { ...length, ...bearer, ...keyOf(route), ...headers });
      connection.send(text, ...(body === undefined ? [] : [body]));
      const answer = await connection.answer();
      const what = `${route.method} ${path.slice(0, 80)} → ${answer.status} ${answer.body.slice(0, 200)}`;
      assert.ok([expected].flat().includes(answer.status), `${what}, not ${[expected].flat().join(' or ')}`);
      if (answer.status >= 400) assertEnvelope(surface, answer, what);
      await assertUsable(connection, answer, what);
      return answer;
    } finally {
      connection.close();
    }
  }

  /** Not a 5xx, and not a hung connection, whatever else the answer is. */
  async function survives(entry: Entry, request: Parameters<typeof refused>[2]): Promise<void> {
    await refused(
      entry,
      Array.from({ length: 300 }, (_, index) => 200 + index),
      request,
    );
  }

  async function assertUsable(connection: RawConnection, answer: RawAnswer, what: string): Promise<void> {
    if (answer.headers.get('connection') === 'close') return connection.closed();
    connection.send(requestText('GET', '/api/v1/health', {}));
    const next = await connection.answer().catch((error: unknown) => {
      throw new Error(`${what}: the connection is of no more use`, { cause: error });
    });
    assert.equal(next.status, 200, what);
  }

  const withJson = entries.filter(({ route }) => takesJson(route));
  const json = { 'content-type': 'application/json' };

  /** One test for each of `list`, so that a failure names its route. */
  function forEach(list: readonly Entry[], what: string, check: (entry: Entry) => Promise<unknown>): void {
    describe(what, () => {
      for (const entry of list) {
        it(`${entry.surface.name}: ${entry.route.method} ${entry.route.path}`, async () => {
          await check(entry);
        });
      }
    });
  }

  forEach(withJson, 'refuses malformed JSON', async entry => {
    for (const body of ['{', '{"a":}', '{"a":1,}', "{'a':1}", 'undefined', '{"a":1}{"b":2}', 'NaN', '{"a":\u0001}']) {
      await refused(entry, 400, { headers: json, body });
    }
    await refused(entry, 400, { headers: json, body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) });
    await refused(entry, 400, { headers: json, body: Buffer.from('{"a":1}', 'utf16le') });
    await refused(entry, 400, { headers: json, body: '' });
  });

  forEach(withJson, 'refuses a body that is not sent as JSON in UTF-8', async entry => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/jsonx',
      'application/xml',
      '*/*',
      '',
    ]) {
      await refused(entry, 415, { headers: { 'content-type': type }, body: '{"a":1}' });
    }
    await refused(entry, 415, { body: '{"a":1}' });
  });

  forEach(withJson, 'refuses a compressed body', async entry => {
    const body = gzipSync('{"a":1}');
    await refused(entry, 415, { headers: { ...json, 'content-encoding': 'gzip' }, body });
    await refused(entry, 415, { headers: { ...json, 'content-encoding': 'br, gzip' }, body });
  });

  forEach(withJson, 'refuses one byte more than a megabyte, whether its length is told or not', async entry => {
    const body = `{"a":"${'x'.repeat(large - 8)}"}`;
    assert.equal(Buffer.byteLength(body), large);
    await refused(entry, 413, { headers: json, body });
    const chunks = Buffer.concat([
      Buffer.from(`${large.toString(16)}\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    const connection = await RawConnection.open(served.url);
    try {
      const headers = {
        ...json,
        ...keyOf(entry.route),
        'transfer-encoding': 'chunked',
        authorization: `Bearer ${await tokenFor(entry)}`,
      };
      connection.send(requestText(entry.route.method, pathOf(entry.route), headers), chunks);
      const answer = await connection.answer();
      assert.equal(answer.status, 413);
      assertEnvelope(entry.surface, answer, 'a chunked body');
      await assertUsable(connection, answer, 'a chunked body');
    } finally {
      connection.close();
    }
  });

  forEach(withJson, 'refuses a body of ten gigabytes before it has come', async entry => {
    const connection = await RawConnection.open(served.url);
    try {
      const headers = {
        ...json,
        ...keyOf(entry.route),
        'content-length': String(10 * 2 ** 30),
        authorization: `Bearer ${await tokenFor(entry)}`,
      };
      connection.send(requestText(entry.route.method, pathOf(entry.route), headers), '{"a":');
      const answer = await connection.answer();
      assert.equal(answer.status, 413);
      assertEnvelope(entry.surface, answer, 'ten gigabytes');
      await connection.closed();
    } finally {
      connection.close();
    }
  });

  forEach(withJson, 'refuses deep nesting', async entry => {
    for (const depth of [33, 1_000, 100_000]) {
      await refused(entry, 400, { headers: json, body: '['.repeat(depth) + ']'.repeat(depth) });
      await refused(entry, 400, { headers: json, body: `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}` });
    }
  });

  forEach(
    withJson.filter(({ route }) => !takesAnything(route)),
    'refuses unknown fields and wrong types',
    async entry => {
      for (const body of ['{"no_such_field":1}', '[]', '"text"', '5', 'true', 'null', '[{}]']) {
        await refused(entry, 400, { headers: json, body });
      }
      for (const field of fieldsOf(entry.route.body)) {
        for (const value of ['5', 'true', '{}', '[]', 'null', '1e308', '-0', '1152921504606846976']) {
          const body = `{"${field}":${value}}`;
          // Of a value that the field admits, nothing but the row is wrong: there is none.
          const admitted = entry.route.body?.safeParse(JSON.parse(body)).success;
          await refused(entry, admitted ? [200, 201, 202, 404, 409] : 400, { headers: json, body });
        }
      }
    },
  );

  forEach(withJson, 'refuses numbers beyond all bounds', async entry => {
    await refused(entry, 400, { headers: json, body: '{"a":1e400}' });
    await refused(entry, 400, { headers: json, body: '{"a":[-1e99999]}' });
    await survives(entry, { headers: json, body: '{"a":1152921504606846976}' });
    await survives(entry, { headers: json, body: `{"a":${'9'.repeat(400_000)}}` });
  });

  forEach(withJson, 'refuses U+0000 and half surrogate pairs in the body', async entry => {
    for (const text of [String.raw`\u0000`, String.raw`\ud800`, String.raw`\udc00\ud800`, String.raw`x\udfff`]) {
      for (const body of [`{"a":"${text}"}`, `{"${text}":1}`, `{"a":[{"b":"${text}"}]}`]) {
        await refused(entry, 400, { headers: json, body });
      }
    }
  });

  forEach(withJson, 'refuses keys that would reach a prototype', async entry => {
    await refused(entry, 400, { headers: json, body: '{"__proto__":{"polluted":true}}' });
    await survives(entry, { headers: json, body: '{"constructor":{"prototype":{"polluted":true}}}' });
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  forEach(withJson, 'takes a body that ends early for what it is', async entry => {
    const headers = {
      ...json,
      ...keyOf(entry.route),
      'content-length': '100',
      authorization: `Bearer ${await tokenFor(entry)}`,
    };
    const connection = await RawConnection.open(served.url);
    try {
      connection.send(requestText(entry.route.method, pathOf(entry.route), headers), '{"a":');
      connection.finish();
      await connection.closed();
      const answer = await connection.answer().catch(() => null);
      assert.ok(answer === null || (answer.status >= 400 && answer.status < 500), String(answer?.status));
    } finally {
      connection.close();
    }
    const rows = await served.db.one<{ n: number }>("select count(*) as n from core.jobs where payload ? 'a'");
    assert.ok(rows.n >= 0);
  });

  forEach(
    entries.filter(({ route }) => !takesJson(route)),
    'is not disturbed by a body where none belongs',
    async entry => {
      if (entry.route.path.endsWith('/events')) return;
      await survives(entry, { headers: json, body: '{"a":' });
      await survives(entry, { headers: { 'content-encoding': 'gzip' }, body: gzipSync('x') });
    },
  );

  forEach(entries, 'refuses U+0000 in the query', async entry => {
    for (const query of ['a=%00', 'a=1&a=x%00', 'limit=%00', 'cursor=%00']) {
      await refused(entry, 400, { path: `${pathOf(entry.route)}?${query}` });
    }
  });

  forEach(entries, 'survives a query of any other kind', async entry => {
    if (entry.route.path.endsWith('/events')) return;
    for (const query of [
      '%00=a',
      '%ED%A0%80=%ED%A0%80',
      'a=%',
      'a=%zz',
      '&&&===',
      'a[b]=1&a[__proto__]=2&__proto__=3',
      'constructor=1&toString=2',
      `a=${'x'.repeat(8_000)}`,
      Array.from({ length: 1_200 }, (_, index) => `a${index}=1`).join('&'),
    ]) {
      await survives(entry, { path: `${pathOf(entry.route)}?${query}` });
    }
  });

  forEach(
    entries.filter(({ route }) => fieldsOf(route.query).length > 0),
    'refuses values that a query field does not take, and fields sent twice',
    async entry => {
      for (const field of fieldsOf(entry.route.query)) {
        for (const value of ['1e400', '-1', '99999999999999999999', 'NaN', '0x', '%20', '%ED%A0%80']) {
          await survives(entry, { path: `${pathOf(entry.route)}?${field}=${value}` });
        }
        await refused(entry, 400, { path: `${pathOf(entry.route)}?${field}=1&${field}=2` });
      }
      for (const field of ['limit', 'offset', 'cursor', 'seller_id', 'status', 'from', 'to']) {
        if (!fieldsOf(entry.route.query).includes(field)) continue;
        // Only who finds what the path names reads its cursor.
        const expected = field === 'cursor' && entry.route.path.includes(':') ? [400, 404] : 400;
        for (const value of ['', 'x', '1e400', '-1', '1.5', '%ED%A0%80']) {
          await refused(entry, expected, { path: `${pathOf(entry.route)}?${field}=${value}` });
        }
      }
    },
  );

  forEach(
    entries.filter(({ route }) => route.path.includes(':')),
    'refuses path parameters that are none',
    async entry => {
      // A name that is not there is not found; what should be an id and is none is bad input.
      const invalid = entry.route.path.includes(':id') ? 400 : 404;
      for (const value of [
        'not-a-uuid',
        '1',
        `${nobody}0`,
        '%7B%7D',
        '..%2F..',
        '%ED%A0%80',
        '%',
        '%zz',
        "'%20or%201=1",
      ]) {
        await refused(entry, [400, invalid], { path: pathOf(entry.route, () => value) });
      }
      await refused(entry, 400, { path: pathOf(entry.route, () => '%00') });
      await refused(entry, 400, { path: pathOf(entry.route, () => `${nobody}%00`) });
      const names = entry.route.path.split(':').length - 1;
      await refused(entry, [400, invalid], { path: pathOf(entry.route, () => 'x'.repeat(8_000 / names)) });
    },
  );

  const guarded = entries.filter(({ route }) => route.roles !== 'public' && route.roles !== 'optional');

  forEach(guarded, 'refuses a request without a token, and tokens that are none', async entry => {
    const answer = await refused(entry, 401, { token: null });
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    for (const token of [
      'x',
      'a.b.c',
      '..',
      'mk_',
      `mk_${'x'.repeat(43)}`,
      'x'.repeat(7_000),
      'eyJhbGciOiJIUzI1NiJ9..',
    ]) {
      await refused(entry, 401, { token });
    }
    for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer \t', 'token', 'Bearer a b', 'Bearer caf\u00e9']) {
      await refused(entry, 401, { token: null, headers: { authorization } });
    }
  });

  forEach(guarded, 'refuses tokens that are expired, forged or meant for another', async entry => {
    const { config } = served.spine;
    const [key] = signingKeys(config);
    assert.ok(key);
    const nowS = Math.floor(Date.now() / 1_000);
    const { userId: sub, sessionId: sid } = await openSession(admin);
    const claims = { sub, sid, role: 'admin', iat: nowS, exp: nowS + 600 };
    const good = await signToken(key, 'access', claims);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [header = '', body = '', signature = ''] = good.split('.');
    const sign = (fields: Record<string, unknown>, more: Record<string, unknown> = {}, secret = key.secret) =>
      new SignJWT({ iss: marketplaceIssuer, aud: 'millrace', ...claims, ...fields })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.id, ...more })
        .sign(secret);
    const full = { iss: marketplaceIssuer, aud: 'millrace', ...claims };
    const bad: Record<string, string> = {
      expired: await sign({ iat: nowS - 7_200, exp: nowS - 3_600 }),
      'not yet valid': await sign({ nbf: nowS + 3_600 }),
      'without an expiry': await sign({ exp: undefined }),
      'signed with another secret': await sign({}, {}, signingKeys({ jwtSecret: ['x'.repeat(32)] })[0]?.secret),
      'alg none': `${encode({ alg: 'none', typ: 'at+jwt', kid: key.id })}.${encode(full)}.`,
      'alg none, with a signature': `${encode({ alg: 'none', typ: 'at+jwt', kid: key.id })}.${encode(full)}.${signature}`,
      'alg NONE': `${encode({ alg: 'NONE', typ: 'at+jwt', kid: key.id })}.${encode(full)}.`,
      'another algorithm': await sign({}, { alg: 'HS512' }),
      'another audience': await sign({ aud: 'millrace/refresh' }),
      'no audience': await sign({ aud: undefined }),
      'another issuer': await sign({ iss: 'https://securetoken.google.com/x' }),
      'no issuer': await sign({ iss: undefined }),
      'an issuer that is a prototype': await sign({ iss: '__proto__' }),
      'an issuer that every object has': await sign({ iss: 'constructor' }),
      'another type': await sign({}, { typ: 'refresh+jwt' }),
      'another key id': await sign({}, { kid: 'unknown' }),
      'a refresh token': await signToken(key, 'refresh', claims),
      'changed claims': `${header}.${encode({ ...full, sub: randomUUID() })}.${signature}`,
      'a cut signature': `${header}.${body}.${signature.slice(0, -2)}`,
      'no signature': `${header}.${body}.`,
      'a session that is none': await sign({ sid: randomUUID() }),
      'a subject that is no UUID': await sign({ sub: "x' or 1=1" }),
      'a subject that is no text': await sign({ sub: { a: 1 } }),
      'claims that are no object': `${header}.${encode('text')}.${signature}`,
    };
    for (const [what, token] of Object.entries(bad)) {
      await refused(entry, 401, { token }).catch((error: unknown) => {
        throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
      });
    }
    assert.notEqual((await served.call('GET', '/jobs', { token: good })).status, 401);
  });

  forEach(
    guarded.filter(({ route }) => Array.isArray(route.roles)),
    'refuses a token whose role the route does not admit',
    async entry => {
      const { roles } = entry.route;
      if (roles.includes('marketplace:user')) return;
      if (['workforce', 'fieldservice'].includes(entry.surface.name)) return; // their own tokens: see the tests there
      const token = await signAccessToken(served.spine.config, await openSession(await join('user')));
      await refused(entry, 403, { token });
    },
  );

  forEach(entries, 'survives headers that are sent twice or hold what they should not', async entry => {
    if (entry.route.path.endsWith('/events')) return;
    const body: { headers: Headers; body?: string } = takesJson(entry.route)
      ? { headers: json, body: '{}' }
      : { headers: {} };
    const bearer = `Bearer ${await tokenFor(entry)}`;
    for (const headers of [
      { authorization: [bearer, 'Bearer other'] },
      { 'content-type': ['application/json', 'text/plain'] },
      { 'x-request-id': [randomUUID(), randomUUID()] },
      { traceparent: ['x', 'y'] },
      { prefer: ['wait=x', 'respond-async', 'respond-async'] },
      { 'if-none-match': ['"1"', 'W/'] },
      { cookie: ['refresh_token=%', '=; ;;', 'refresh_token=x'] },
      { accept: 'application/xml' },
      { 'x-forwarded-for': ['1.2.3.4', 'nonsense'] },
      { origin: 'null' },
    ] as Headers[]) {
      await survives(entry, { token: null, ...body, headers: { authorization: bearer, ...body.headers, ...headers } });
    }
  });

  forEach(
    entries.filter(({ route }) => route.idempotency !== 'none'),
    'refuses an Idempotency-Key that is none, or two of them',
    async entry => {
      const body: { headers: Headers; body?: string } = takesJson(entry.route)
        ? { headers: json, body: '{}' }
        : { headers: {} };
      for (const key of ['k'.repeat(256), 'a b', 'caf\u00e9', ['a', 'b']]) {
        await refused(entry, 400, { ...body, headers: { ...body.headers, 'idempotency-key': key } });
      }
    },
  );

  it('answers what is not HTTP with a 4xx and the end of the connection, and goes on serving', async () => {
    for (const bytes of [
      'nonsense\r\n\r\n',
      'GET /jobs HTTP/9.9\r\n\r\n',
      'GET  /jobs HTTP/1.1\r\n\r\n',
      'GET /jobs\u0000 HTTP/1.1\r\nhost: x\r\n\r\n',
      'POST /jobs/noop HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n',
      'POST /jobs/noop HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      'POST /jobs/noop HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      `GET /jobs HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      'GET /jobs HTTP/1.1\r\nhost: x\r\nbad header: 1\r\n\r\n',
    ]) {
      const connection = await RawConnection.open(served.url);
      connection.send(bytes);
      const answer = await connection.answer();
      assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(bytes.slice(0, 60))}: ${answer.status}`);
      await connection.closed();
      connection.close();
    }
    assert.equal((await served.call('GET', '/api/v1/health')).status, 200);
  });

  it('takes a megabyte to the byte', async () => {
    const body = `{"a":"${'x'.repeat(defaultMaxBodyBytes - 8)}"}`;
    const response = await fetch(`${served.url}/jobs/noop`, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${operator}` },
      body,
    });
    assert.equal(response.status, 202);
    await response.arrayBuffer();
  });
});

/** The names of an object schema's fields, whatever it is wrapped in. */
function fieldsOf(schema: z.ZodType | undefined): string[] {
  let inner: unknown = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function assertEnvelope(surface: Surface, answer: RawAnswer, what: string): void {
  const body = JSON.parse(answer.body) as Record<string, unknown>;
  const requestId = answer.headers.get('x-request-id');
  assert.ok(requestId, what);
  if (surface.name === 'jobs') {
    assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8', what);
    assert.deepEqual(
      [body['status'], body['requestId'], body['type']],
      [answer.status, requestId, 'about:blank'],
      what,
    );
    for (const field of ['title', 'detail', 'code']) assert.equal(typeof body[field], 'string', what);
    return;
  }
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8', what);
  if (surface.name === 'workforce') {
    assert.deepEqual(Object.keys(body).sort(), ['code', 'details', 'message', 'requestId'], what);
    assert.equal(body['requestId'], requestId, what);
    assert.match(String(body['code']), /^[A-Z][A-Z0-9_]+$/, what);
    return;
  }
  if (surface.name === 'fieldservice') {
    assert.deepEqual(Object.keys(body), ['error'], what);
    const error = body['error'] as Record<string, unknown>;
    assert.deepEqual(Object.keys(error), ['code', 'message', 'details'], what);
    assert.match(String(error['code']), /^[A-Z][A-Z0-9_]+$/, what);
    return;
  }
  assert.equal(surface.name, 'marketplace', 'an envelope that this test does not know');
  assert.deepEqual([body['success'], body['request_id']], [false, requestId], what);
  for (const field of ['error', 'code']) assert.equal(typeof body[field], 'string', what);
}
