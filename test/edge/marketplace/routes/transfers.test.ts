import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createUser, type MarketplaceRole } from '../../../../db/marketplace/users.ts';
import { createApp } from '../../../../edge/app.ts';
import { marketplaceSurface } from '../../../../edge/marketplace/surface.ts';
import type { EdgeServices } from '../../../../edge/services.ts';
import { Watcher } from '../../../../edge/watch.ts';
import { readConfig } from '../../../../shared/config.ts';
import { createLog } from '../../../../shared/log.ts';
import { createMetrics } from '../../../../shared/metrics.ts';
import { hashPassword } from '../../../../shared/password.ts';
import { eventually } from '../../../support/eventually.ts';
import { openTransferScene, type TransferScene } from '../../../support/transfer-scene.ts';

describe('edge/marketplace/routes: transfers', function () {
  this.timeout(60_000);
  let scene: TransferScene;
  let server: Server;
  let watcher: Watcher;
  let url: string;
  let admin: string;
  let seller: { id: string; token: string };

  before(async () => {
    scene = await openTransferScene();
    const config = readConfig({
      NODE_ENV: 'test',
      JWT_SECRET: randomBytes(24).toString('hex'),
      REQUESTS_PER_MINUTE: '100000',
    });
    const log = createLog({ level: 'silent', name: 'test' });
    watcher = new Watcher(scene.db, log);
    const edge = {
      draining: new AbortController().signal,
      config,
      db: scene.db,
      dispatch: { send: () => undefined },
      ports: { stripe: scene.stripe },
      log,
      metrics: createMetrics({ process: 'test' }),
      watcher,
    };
    const answer = createApp(edge as unknown as EdgeServices, [marketplaceSurface()]).callback();
    server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    admin = (await join('admin')).token;
    seller = await join('user');
    await scene.addSeller({ userId: seller.id });
  });
  after(async () => {
    watcher.close();
    server.closeAllConnections();
    server.close();
    await scene.stop();
  });
  afterEach(() => scene.sandbox.clear());

  const call = async (method: string, path: string, token?: string, headers: Record<string, string> = {}) => {
    const auth = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1${path}`, { method, headers: { ...auth, ...headers } });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  const join = async (role: MarketplaceRole) => {
    const name = randomUUID().slice(0, 18);
    const login = { email: `${name}@example.com`, password: 'SecureP@ssw0rd' };
    const passwordHash = await hashPassword(login.password);
    const user = await createUser(scene.db, { username: name, email: login.email, passwordHash, role });
    const response = await fetch(`${url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(login),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    const { data } = (await response.json()) as any;
    return { id: String(user?.id), token: String(data.access_token) };
  };
  /** A transfer whose first try was refused, its job waiting for the second. */
  const refused = async () => {
    const { id, jobId } = await scene.pay(seller.id);
    scene.sandbox.arm({
      on: 'transfers.create',
      fault: 'insufficient_balance',
      match: { metadata: { transferId: id } },
    });
    await scene.run(String(jobId));
    return { id, jobId: String(jobId) };
  };
  /** Runs the job once the request has pulled it, as a worker would. */
  const runOncePulled = (jobId: string) =>
    eventually(async () => {
      const dueAt = await scene.dueAt(jobId);
      assert.ok(dueAt && dueAt.getTime() <= Date.now());
      return scene.run(jobId);
    });

  it('lists transfers for admins in the words of the published document', async () => {
    const { id } = await refused();
    const row = await scene.transfer(id);
    const { status, body } = await call('GET', `/admin/transfers?seller_id=${seller.id}&status=failed&limit=1`, admin);
    assert.equal(status, 200);
    assert.deepEqual(body, {
      success: true,
      data: {
        transfers: [
          {
            id,
            seller_id: seller.id,
            order_id: row.orderId,
            amount_cents: 2699,
            platform_fee_cents: 300,
            currency: 'EUR',
            status: 'failed',
            retry_count: 0,
            next_retry_at: row.nextRetryAt?.toISOString(),
            created_at: row.createdAt.toISOString(),
          },
        ],
        total: body.data.total,
      },
    });
  });

  it('filters by time of creation', async () => {
    const { id } = await refused();
    const { createdAt } = await scene.transfer(id);
    const from = encodeURIComponent(createdAt.toISOString());
    const later = encodeURIComponent(new Date(createdAt.getTime() + 1).toISOString());
    const ids = async (query: string) =>
      (await call('GET', `/admin/transfers?${query}`, admin)).body.data.transfers.map((row: { id: string }) => row.id);
    assert.deepEqual(await ids(`from=${from}&to=${later}`), [id]);
    assert.deepEqual(await ids(`from=${later}`), []);
    assert.ok((await ids('from=2026-01-01')).includes(id));
  });

  it('shows one transfer with its attempts', async () => {
    const { id, jobId } = await refused();
    const { status, body } = await call('GET', `/admin/transfers/${id}`, admin);
    assert.equal(status, 200);
    assert.equal(body.data.id, id);
    const [sent, outcome] = body.data.attempts;
    assert.deepEqual([sent.event, sent.provider_key, sent.job_id, sent.attempt], ['sent', `tr_${id}_1`, jobId, 1]);
    assert.deepEqual([outcome.event, outcome.fault_code], ['refused', 'balance_insufficient']);
    assert.equal((await call('GET', `/admin/transfers/${randomUUID()}`, admin)).status, 404);
  });

  it('retries by hand, waits, and answers the transfer as it then stands', async () => {
    const { id, jobId } = await refused();
    const [answer] = await Promise.all([call('POST', `/admin/transfers/${id}/retry`, admin), runOncePulled(jobId)]);
    assert.deepEqual(
      [answer.status, answer.body],
      [200, { success: true, data: { id, status: 'completed', retry_count: 1 } }],
    );
    const again = await call('POST', `/admin/transfers/${id}/retry`, admin);
    assert.deepEqual([again.status, again.body.success], [409, false]);
    assert.equal((await call('POST', `/admin/transfers/${randomUUID()}/retry`, admin)).status, 404);
  });

  it('answers as soon as the try has ended, though another is to follow', async () => {
    const { id, jobId } = await refused();
    scene.sandbox.arm({
      on: 'transfers.create',
      fault: 'insufficient_balance',
      match: { metadata: { transferId: id } },
    });
    const [answer] = await Promise.all([call('POST', `/admin/transfers/${id}/retry`, admin), runOncePulled(jobId)]);
    assert.deepEqual(answer.body.data, { id, status: 'failed', retry_count: 1 });
  });

  it('answers a repeated retry under the same key with the first answer', async () => {
    const { id, jobId } = await refused();
    const key = { 'idempotency-key': randomUUID() };
    const path = `/admin/transfers/${id}/retry`;
    const [first] = await Promise.all([call('POST', path, admin, key), runOncePulled(jobId)]);
    const second = await call('POST', path, admin, key);
    assert.deepEqual([second.status, second.body], [200, first.body]);
  });

  it('shows sellers their own transfers and nobody else’s', async () => {
    const other = await scene.addSeller();
    await scene.pay(other);
    const { id } = await refused();
    const { status, body } = await call('GET', '/sell/transfers?limit=100', seller.token);
    assert.equal(status, 200);
    const owners = new Set(body.data.transfers.map((row: { seller_id: string }) => row.seller_id));
    assert.deepEqual([...owners], [seller.id]);
    assert.equal(body.data.transfers[0].id, id);
    assert.equal(body.data.total, body.data.transfers.length);
    const page = await call('GET', '/sell/transfers?limit=1&offset=1', seller.token);
    assert.equal(page.body.data.transfers[0].id, body.data.transfers[1].id);
  });

  it('refuses who may not, and what makes no sense', async () => {
    for (const path of ['/admin/transfers', `/admin/transfers/${randomUUID()}`]) {
      assert.equal((await call('GET', path)).status, 401);
      assert.equal((await call('GET', path, seller.token)).status, 403);
    }
    assert.equal((await call('POST', `/admin/transfers/${randomUUID()}/retry`, seller.token)).status, 403);
    assert.equal((await call('GET', '/sell/transfers')).status, 401);
    const bad = [
      'limit=0',
      'limit=101',
      'limit=',
      'limit=1e1',
      'limit=1&limit=2',
      'offset=-1',
      'offset=x',
      'offset=99999999',
    ];
    for (const query of [...bad, 'status=paid', 'seller_id=1', 'from=yesterday', 'to=2026-13-01']) {
      const { status, body } = await call('GET', `/admin/transfers?${query}`, admin);
      assert.deepEqual([query, status, body.success], [query, 400, false]);
    }
    for (const query of bad) assert.equal((await call('GET', `/sell/transfers?${query}`, seller.token)).status, 400);
    assert.equal((await call('GET', '/admin/transfers/no-uuid', admin)).status, 400);
  });
});
