import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Marketplace, serveMarketplace } from './serve.ts';

describe('edge/marketplace/routes/health', () => {
  let market: Marketplace;
  before(async function () {
    this.timeout(60_000);
    market = await serveMarketplace();
  });
  after(() => market?.stop());
  const get = (path: string) => market.call('GET', path);

  it('answers at the root too, and there names the successor', async () => {
    for (const path of ['/health', '/health/deep', '/healthz', '/readyz', '/metrics']) {
      const now = await get(`/api/v1${path}`);
      assert.equal(now.status, 200, path);
      assert.equal(now.headers.get('deprecation'), null);
      const older = await get(path);
      assert.equal(older.status, 200, path);
      assert.match(older.headers.get('deprecation')!, /^@\d+$/);
      assert.equal(older.headers.get('link'), `</api/v1${path}>; rel="successor-version"`);
    }
  });

  it('says that it is alive, and ready', async () => {
    assert.deepEqual((await get('/api/v1/health')).body, { success: true, data: { status: 'ok' } });
    assert.deepEqual((await get('/api/v1/healthz')).body, { success: true, data: { status: 'ok' } });
    assert.deepEqual((await get('/api/v1/readyz')).body, { success: true, data: { status: 'ready' } });
  });

  it('looks at each thing that it stands on', async () => {
    const { body } = await get('/api/v1/health/deep');
    const { timestamp, checks, ...data } = body.data;
    assert.equal(body.success, true);
    assert.ok(Date.parse(timestamp));
    assert.deepEqual(data, {
      status: 'healthy',
      config: {
        jwt_secret_set: true,
        stripe_connect_enabled: true,
        platform_fee_rate: 0.1,
        transfer_retry_enabled: true,
      },
    });
    const { disk, ...others } = checks;
    assert.deepEqual(others, {
      database: { status: 'ok' },
      redis: { status: 'not_used' },
      broker: { status: 'ok' },
      files: { status: 'ok' },
    });
    assert.ok(disk.details.free_gb > 0);
  });

  it('is degraded, not down, without its file store', async () => {
    // One that has not looked yet: a look is good for ten seconds.
    const other = await serveMarketplace();
    try {
      const files = join(other.outside.dir, 'files');
      await rm(files, { recursive: true, force: true });
      await writeFile(files, 'no folder');
      const { status, body } = await other.call('GET', '/api/v1/health/deep');
      assert.deepEqual([status, body.data.status, body.data.checks.files.status], [200, 'degraded', 'degraded']);
    } finally {
      await other.stop();
    }
  });

  it('is degraded, not down, without its broker', async () => {
    market.broker.state = 'connecting';
    try {
      assert.deepEqual((await get('/readyz')).body.data, { status: 'degraded' });
    } finally {
      market.broker.state = 'up';
    }
  });

  it('is not ready once the shutdown has begun', async function () {
    this.timeout(60_000);
    const other = await serveMarketplace();
    try {
      other.draining.abort();
      const answer = await other.call('GET', '/readyz');
      assert.equal(answer.status, 503);
      assert.deepEqual(answer.body.data, { status: 'not_ready' });
    } finally {
      await other.stop();
    }
  });

  it('gives Prometheus its text', async () => {
    const answer = await get('/metrics');
    assert.match(answer.headers.get('content-type')!, /^text\/plain/);
    assert.match(answer.text, /^millrace_http_request_seconds_count/m);
  });

  it('answers 503 with what it knows when the database is away, and is still alive', async () => {
    await market.db.$pool.end();
    const deep = await get('/api/v1/health/deep');
    assert.equal(deep.status, 503);
    assert.equal(deep.body.success, false);
    assert.equal(deep.body.data.status, 'unhealthy');
    assert.equal(deep.body.data.checks.database.status, 'down');
    assert.equal(deep.body.request_id, deep.headers.get('x-request-id'));
    const ready = await get('/readyz');
    assert.equal(ready.status, 503);
    assert.deepEqual(ready.body.data, { status: 'not_ready' });
    assert.equal((await get('/health')).status, 200);
  });
});
