import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { reapCloudShares } from '../../../../db/marketplace/cloud-shares.ts';
import { readFileToken } from '../../../../shared/file-signature.ts';
import { type Marketplace, serveMarketplace } from '../serve.ts';

describe('edge/marketplace/routes: cloud shares', function () {
  this.timeout(120_000);
  let market: Marketplace;
  let token: string;

  before(async () => {
    market = await serveMarketplace();
    ({ token } = await market.join());
  });
  after(() => market.stop());

  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    market.call(method, `/api/v1/cloud${path}`, { token, body, headers });
  const open = (link: string) => market.call('GET', `/api/v1/cloud/shared/${link}`);
  async function put(method: string, path: string, content: string): Promise<string> {
    const form = new FormData();
    form.append('file', new File([content], 'notes.txt'));
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${market.url}/api/v1/cloud/files${path}`, { method, body: form, headers });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    return ((await response.json()) as any).data.file.id;
  }
  const upload = (content: string) => put('POST', '', content);
  /** What a signed address of the store says. */
  const grantOf = (url: string) => readFileToken(String(url.split('/files/')[1]), market.config.jwtSecret ?? []);

  it('is a link of which only the hash is kept, for a day unless it is told otherwise', async () => {
    const id = await upload('shared');
    const { status, body } = await call('POST', `/files/${id}/share`, { permissions: 'read' });
    assert.deepEqual([status, Object.keys(body)], [200, ['share_url', 'token', 'expires_at']]);
    assert.match(body.token, /^[\w-]{43}$/);
    assert.equal(body.share_url, `${market.url}/api/v1/cloud/shared/${body.token}`);
    assert.ok(Math.abs(Date.parse(body.expires_at) - Date.now() - 24 * 3_600_000) < 60_000);
    const rows = await market.db.any('select token_hash from marketplace.cloud_shares where file_id = $1', [id]);
    assert.deepEqual(rows, [{ tokenHash: createHash('sha256').update(body.token).digest() }]);
    for (const wrong of [{ permissions: 'write' }, { expires_in_hours: 0 }, { expires_in_hours: 721 }, { a: 1 }])
      assert.equal((await call('POST', `/files/${id}/share`, wrong)).status, 400, JSON.stringify(wrong));
    assert.equal((await call('POST', `/files/${id}/share`, { expires_in_hours: 720 })).status, 200);
  });

  it('shows anybody the file as it is now, and where to download it for a while', async () => {
    const id = await upload('before');
    const { token: link, expires_at: expiresAt } = (await call('POST', `/files/${id}/share`, {})).body;
    await put('PUT', `/${id}/content`, 'after!!');
    const { status, body } = await open(link);
    assert.equal(status, 200);
    const { download_url: url, ...rest } = body.data;
    assert.deepEqual(rest, {
      file: { id, filename: 'notes.txt', size_bytes: 7, mime_type: 'text/plain' },
      permissions: 'read',
      expires_at: expiresAt,
    });
    const grant = grantOf(url);
    assert.deepEqual([grant.disposition, grant.filename], ['attachment', 'notes.txt']);
    assert.ok(Math.abs(grant.expiresAtS - Date.now() / 1_000 - 300) < 30);
    const { stream } = (await market.outside.ports.files.read(grant.key))!;
    assert.equal(await text(stream), 'after!!');
  });

  it('ends when it said, and is nothing to who guesses', async () => {
    const id = await upload('shared');
    const { token: link } = (await call('POST', `/files/${id}/share`, { expires_in_hours: 1 })).body;
    await market.db.none(
      `update marketplace.cloud_shares set expires_at = now() + interval '100 s' where file_id = $1`,
      [id],
    );
    const { download_url: url } = (await open(link)).body.data;
    const { expiresAtS } = grantOf(url);
    assert.ok(expiresAtS <= Date.now() / 1_000 + 101, 'the address ends with the share');
    await market.db.none('update marketplace.cloud_shares set expires_at = now() where file_id = $1', [id]);
    const ended = await open(link);
    assert.deepEqual([ended.status, ended.body.code], [410, 'SHARE_EXPIRED']);
    for (const guess of [randomBytes(32).toString('base64url'), link.slice(1), `${link}A`, 'x', '%00'])
      assert.ok([404, 400].includes((await open(guess)).status), guess);
    assert.equal((await open(randomBytes(32).toString('base64url'))).status, 404);
  });

  it('answers a repeated key with the same link, which is kept encrypted', async () => {
    const id = await upload('shared');
    const key = randomUUID();
    const [first, again] = [
      await call('POST', `/files/${id}/share`, {}, { 'idempotency-key': key }),
      await call('POST', `/files/${id}/share`, {}, { 'idempotency-key': key }),
    ];
    assert.deepEqual(again.body, first.body);
    const { body } = await market.db.one('select body from core.idempotency where key = $1', [key]);
    assert.ok(!body.includes(first.body.token));
  });

  it('is forgotten some time after it has ended', async () => {
    const id = await upload('shared');
    const { token: link } = (await call('POST', `/files/${id}/share`, {})).body;
    const end = (ago: string) =>
      market.db.none('update marketplace.cloud_shares set expires_at = now() - $2::interval where file_id = $1', [
        id,
        ago,
      ]);
    await end('59 minutes');
    await reapCloudShares(market.db, 3_600_000, 10);
    assert.equal((await open(link)).status, 410);
    await end('61 minutes');
    assert.equal(await reapCloudShares(market.db, 3_600_000, 10), 1);
    assert.equal((await open(link)).status, 404);
  });
});
