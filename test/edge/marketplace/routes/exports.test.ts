import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../../../db/connect.ts';
import { beginExport, failExport, finishExport } from '../../../../db/marketplace/exports.ts';
import { reapExportsOnce } from '../../../../ops/ticker/reap-exports.ts';
import { eventually } from '../../../support/eventually.ts';
import { type Market, openMarket, type Person } from '../../../support/market.ts';

describe('edge/marketplace/routes: exports', function () {
  this.timeout(120_000);
  let market: Market;
  let zoe: Person;

  before(async () => {
    market = await openMarket({ serve: { worker: false } });
  });
  beforeEach(async () => {
    zoe = await market.join();
  });
  after(() => market.stop());

  const ask = (headers: Record<string, string> = {}) =>
    market.call('POST', '/api/v1/users/me/export', { token: zoe.token, headers });
  const show = async (id: string, token = zoe.token) => market.call('GET', `/api/v1/users/me/exports/${id}`, { token });
  const files = () => market.outside.ports.files;
  const keyOf = (id: string) => `exports/${id}.zip`;
  const write = (id: string) =>
    files().write(keyOf(id), Buffer.from('a zip'), { contentType: 'application/zip', maxBytes: 100 });
  /** Ends an export and its job, as a worker would. */
  const end = (id: string, how: (tx: Transaction) => Promise<unknown>) =>
    market.db.tx(async tx => {
      await tx.none(
        "update core.jobs set state = 'succeeded', unique_key = null, due_at = null, queued_at = null, finished_at = now() where payload->>'exportId' = $1",
        [id],
      );
      await how(tx);
    });
  /** An export that was asked for, with its file, as ready. */
  async function ready(): Promise<string> {
    const { id } = (await ask()).body.data.export;
    const { sizeBytes, sha256 } = await write(id);
    await end(id, tx => finishExport(tx, { id, fileKey: `exports/${id}.zip`, sizeBytes, sha256 }));
    return id;
  }
  /** Moves an export's life back in time. */
  const age = (id: string, interval: string) =>
    market.db.none(
      'update marketplace.exports set created_at = created_at - $2::interval, finished_at = finished_at - $2::interval where id = $1',
      [id, interval],
    );

  it('accepts a request, with the job that does it, and says where to look', async () => {
    const { status, headers, body } = await ask();
    assert.equal(status, 202);
    const { id } = body.data.export;
    assert.deepEqual(body, { success: true, data: { export: { id, status: 'pending' } } });
    assert.equal(headers.get('location'), `/api/v1/users/me/exports/${id}`);
    const shown = await market.call('GET', headers.get('location') as string, { token: zoe.token });
    assert.deepEqual(shown.body.data.export, {
      id,
      status: 'pending',
      created_at: shown.body.data.export.created_at,
      finished_at: null,
      size_bytes: null,
      sha256: null,
      download_url: null,
      expires_at: null,
    });
    const jobs = await market.db.any("select payload, unique_key from core.jobs where payload->>'exportId' = $1", [id]);
    assert.deepEqual(jobs, [{ payload: { exportId: id }, uniqueKey: `export:marketplace/${zoe.id}` }]);
  });

  it('begins one of twenty that are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    const begun = answers.filter(({ status }) => status === 202);
    assert.equal(begun.length, 1);
    const { id } = begun[0]!.body.data.export;
    for (const { status, headers, body } of answers.filter(answer => answer.status !== 202))
      assert.deepEqual(
        [status, body.code, headers.get('location')],
        [409, 'EXPORT_RUNNING', `/api/v1/users/me/exports/${id}`],
      );
    const { n } = await market.db.one('select count(*) as n from marketplace.exports where user_id = $1', [zoe.id]);
    assert.equal(n, 1);
  });

  it('answers a repeat under the same key with the first answer', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await ask(key);
    const again = await ask(key);
    assert.deepEqual(
      [again.status, again.text, again.headers.get('location')],
      [202, first.text, first.headers.get('location')],
    );
    assert.equal((await ask({ 'idempotency-key': randomUUID() })).status, 409);
  });

  it('refuses a second within a day of the last, and says when to come back; one that failed does not count', async () => {
    const id = await ready();
    await age(id, '23 hours');
    const refused = await ask();
    assert.deepEqual([refused.status, refused.body.code], [429, 'EXPORT_TOO_SOON']);
    const retryAfterS = Number(refused.headers.get('retry-after'));
    assert.ok(retryAfterS > 3_500 && retryAfterS <= 3_600, `${retryAfterS}`);
    await age(id, '1 hour');
    const next = await ask();
    assert.equal(next.status, 202);
    await end(next.body.data.export.id, tx => failExport(tx, next.body.data.export.id, 'internal'));
    assert.equal((await ask()).status, 202);
  });

  it('refuses one that was asked for while the last was being finished', async () => {
    const { db } = market;
    let asked: ReturnType<typeof ask> | undefined;
    await db.tx(async tx => {
      const begun = await beginExport(tx, zoe.id);
      asked = ask();
      await eventually(async () => {
        const { n } = await db.one<{ n: number }>(
          "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        assert.equal(n, 1);
      });
      await finishExport(tx, { id: begun.id, fileKey: 'exports/a.zip', sizeBytes: 1, sha256: '0'.repeat(64) });
    });
    assert.equal((await asked)?.status, 429);
  });

  it('hides an export from everybody but its owner', async () => {
    const id = await ready();
    const other = await market.join();
    assert.equal((await show(id, other.token)).status, 404);
    assert.equal((await show(randomUUID())).status, 404);
    assert.equal((await market.call('GET', `/api/v1/users/me/exports/${id}`)).status, 401);
  });

  it('leads to the file for 48 hours', async () => {
    const id = await ready();
    const { status, body } = await show(id);
    assert.equal(status, 200);
    const { download_url: url, size_bytes: size, finished_at: finishedAt, expires_at: expiresAt } = body.data.export;
    assert.deepEqual([body.data.export.status, size], ['ready', 5]);
    assert.equal(Date.parse(expiresAt) - Date.parse(finishedAt), 48 * 3_600_000);
    const file = await fetch(url);
    assert.deepEqual([file.status, await file.text()], [200, 'a zip']);
    assert.match(file.headers.get('content-disposition') ?? '', /attachment; filename="export-\d{4}-\d\d-\d\d\.zip"/);

    await age(id, '48 hours');
    const late = (await show(id)).body.data.export;
    assert.deepEqual([late.status, late.download_url], ['ready', null]);
  });

  it('lets go of the file after seven days, and of what a failed one left', async () => {
    const deps = { db: market.db, ports: market.outside.ports };
    const id = await ready();
    const { sha256 } = (await show(id)).body.data.export;
    await age(id, '6 days 23 hours');
    await reapExportsOnce(deps);
    assert.notEqual(await files().stat(keyOf(id)), null);
    await age(id, '1 hour');
    const failed = (await ask()).body.data.export.id;
    await write(failed);
    await reapExportsOnce(deps);
    assert.equal(await files().stat(keyOf(id)), null);
    const gone = (await show(id)).body.data.export;
    assert.deepEqual([gone.status, gone.download_url, gone.sha256], ['deleted', null, sha256]);
    assert.notEqual(await files().stat(keyOf(failed)), null, 'one that is being made is left alone');

    await end(failed, tx => failExport(tx, failed, 'internal'));
    await age(failed, '25 hours');
    await reapExportsOnce(deps);
    assert.equal(await files().stat(keyOf(failed)), null);
    assert.equal((await show(failed)).body.data.export.status, 'failed');
  });
});
