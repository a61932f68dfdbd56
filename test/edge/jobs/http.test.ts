import assert from 'node:assert/strict';
import { serveEdge, type ServedEdge } from '../../support/edge.ts';

const id = '0197d9a0-0000-7000-8000-000000000001';

describe('the edge as an HTTP server', function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let token: string;

  before(async () => {
    served = await serveEdge({ worker: false, env: { CORS_ORIGINS: 'https://app.example' } });
    token = await served.key();
  });

  after(() => served.stop());

  it('sends its security headers with every answer, good or bad', async () => {
    for (const path of ['/jobs', '/jobs/kinds', `/jobs/${id}`, '/nowhere', '/api/v1/nowhere', '/jobs?limit=x']) {
      const { headers } = await served.call('GET', path, { token });
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-powered-by'), null);
    }
  });

  it('answers a method that a path does not take with 405 and those that it does', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/jobs', ['GET', 'HEAD']],
      ['POST', '/jobs', ['GET', 'HEAD']],
      ['PUT', `/jobs/${id}`, ['GET', 'HEAD', 'POST']],
      ['GET', `/jobs/${id}/cancel`, ['POST']],
      ['POST', `/jobs/${id}/events`, ['GET', 'HEAD']],
      ['GET', '/jobs/noop/batch', ['POST']],
      ['PATCH', '/api/v1/auth/login', ['POST']],
    ] as const) {
      const answer = await served.call(method, path, { token });
      assert.equal(answer.status, 405, `${method} ${path}`);
      const told = (answer.headers.get('allow') ?? '').split(', ').toSorted();
      assert.deepEqual(told, [...allow], `${method} ${path}`);
    }
  });

  it('answers unknown paths in the envelope of the surface that they are below', async () => {
    for (const path of ['/nowhere', '/jobs/a/b/c/d', '/', '/apix', '/api']) {
      const answer = await served.call('GET', path, { token });
      assert.equal(answer.status, 404, path);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.deepEqual(Object.keys(answer.body).sort(), ['code', 'detail', 'requestId', 'status', 'title', 'type']);
      assert.deepEqual([answer.body.status, answer.body.title, answer.body.code], [404, 'Not Found', 'NOT_FOUND']);
    }
    const marketplace = await served.call('GET', '/api/v1/nowhere');
    assert.equal(marketplace.status, 404);
    assert.match(marketplace.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(marketplace.body.success, false);
  });

  it('lets pages of named origins call it and read its headers, and no others', async () => {
    const good = await served.call('GET', '/jobs', { token, headers: { origin: 'https://app.example' } });
    assert.equal(good.headers.get('access-control-allow-origin'), 'https://app.example');
    assert.match(good.headers.get('vary') ?? '', /Origin/i);
    const exposed = (good.headers.get('access-control-expose-headers') ?? '').toLowerCase();
    for (const name of ['location', 'retry-after', 'etag', 'x-request-id', 'idempotent-replayed', 'ratelimit']) {
      assert.ok(exposed.includes(name), name);
    }
    const bad = await served.call('GET', '/jobs', { token, headers: { origin: 'https://evil.example' } });
    assert.equal(bad.headers.get('access-control-allow-origin'), null);
    const failed = await served.call('GET', '/jobs', { headers: { origin: 'https://app.example' } });
    assert.equal(failed.status, 401);
    assert.equal(failed.headers.get('access-control-allow-origin'), 'https://app.example');
  });

  it('answers a preflight without a token', async () => {
    const headers = {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,idempotency-key,prefer',
    };
    const answer = await served.call('OPTIONS', '/jobs/noop', { headers });
    assert.equal(answer.status, 204);
    assert.match(answer.headers.get('access-control-allow-methods') ?? '', /POST/);
    assert.equal(answer.headers.get('access-control-allow-headers'), 'authorization,idempotency-key,prefer');
    assert.equal(answer.headers.get('access-control-max-age'), '600');
  });
});

describe('the edge under more requests than it takes', function () {
  this.timeout(60_000);
  let served: ServedEdge;

  before(async () => {
    served = await serveEdge({
      worker: false,
      env: { SERVICE_REQUESTS_PER_MINUTE: '5', REQUESTS_PER_MINUTE: '8' },
    });
  });

  after(() => served.stop());

  it('answers 429 to that key, says when to come back, and serves the others', async () => {
    const [token, other] = [await served.key(), await served.key()];
    const left: string[] = [];
    for (let requests = 0; requests < 5; requests += 1) {
      const { status, headers } = await served.call('GET', '/jobs', { token });
      assert.equal(status, 200);
      left.push(headers.get('ratelimit')?.split(';')[1] ?? '');
      if (headers.has('ratelimit')) assert.equal(headers.get('ratelimit-policy'), '"default";q=5;w=60');
    }
    assert.deepEqual(left, ['', '', 'r=2', 'r=1', 'r=0']); // told once half is gone
    const refused = await served.call('GET', '/jobs', { token });
    assert.equal(refused.status, 429);
    assert.equal(refused.body.code, 'RATE_LIMITED');
    assert.match(refused.headers.get('ratelimit') ?? '', /^"default";r=0;t=\d+$/);
    const waitS = Number(refused.headers.get('retry-after'));
    assert.ok(waitS >= 1 && waitS <= 60);
    assert.equal((await served.call('GET', '/jobs', { token: other })).status, 200);
  });

  it('counts bad tokens against their address, so that nobody guesses for long', async () => {
    const statuses: number[] = [];
    for (let guesses = 0; guesses < 10; guesses += 1) {
      statuses.push((await served.call('GET', '/jobs', { token: `mk_guess${guesses}` })).status);
    }
    assert.deepEqual(
      statuses.slice(0, 8),
      Array.from({ length: 8 }, () => 401),
    );
    assert.deepEqual(statuses.slice(8), [429, 429]);
    assert.equal((await served.call('GET', '/jobs', { token: await served.key() })).status, 200);
  });

  it('tells a user with each answer how many requests are left', async () => {
    const { headers } = await served.call('POST', '/api/v1/auth/logout');
    assert.match(headers.get('ratelimit') ?? '', /^"default";r=\d+;t=\d+$/);
    assert.equal(headers.get('ratelimit-policy'), '"default";q=8;w=60');
  });

  it('always answers those who watch over it', async () => {
    for (let probes = 0; probes < 20; probes += 1) {
      assert.equal((await served.call('GET', '/api/v1/healthz')).status, 200);
    }
  });
});
