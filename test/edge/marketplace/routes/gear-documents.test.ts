import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { maxDocumentsPerGear } from '../../../../db/marketplace/gear-documents.ts';
import { type Marketplace, serveMarketplace } from '../serve.ts';

const path = '/api/v1/inventory/gear';
const pdf = '%PDF-1.4\n% an invoice\n%%EOF\n';

describe('edge/marketplace/routes: gear documents', function () {
  this.timeout(120_000);
  let market: Marketplace;
  let owner: { id: string; token: string };
  let other: { id: string; token: string };
  let gearId: string;
  before(async () => {
    market = await serveMarketplace();
    owner = await market.join();
    other = await market.join();
  });
  after(() => market.stop());
  beforeEach(async () => {
    await market.db.none('delete from marketplace.gear');
    gearId = (await market.call('POST', path, { token: owner.token, body: { name: 'A mixer' } })).body.data.id;
  });

  const call = (method: string, at: string, { token } = owner) => market.call(method, path + at, { token });
  const upload = async (
    parts: Record<string, string | File>,
    { to = gearId, token = owner.token, headers = {} } = {},
  ) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(parts)) body.append(name, value);
    const response = await fetch(`${market.url}${path}/${to}/documents`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  const file = (name = 'Rechnung für Öl.pdf', content = pdf) => new File([content], name);
  const keys = () => market.db.map('select storage_key from marketplace.gear_documents', [], row => row.storageKey);

  it('keeps a document and hands its very bytes out again', async () => {
    const { status, body } = await upload({ type: 'invoice', file: file() });
    assert.equal(status, 201);
    const { id, created_at } = body.data;
    assert.deepEqual(body.data, {
      id,
      gear_id: gearId,
      type: 'invoice',
      filename: 'Rechnung für Öl.pdf',
      mime_type: 'application/pdf',
      size_bytes: pdf.length,
      created_at,
    });
    assert.deepEqual((await call('GET', `/${gearId}/documents`)).body.data, { documents: [body.data], total: 1 });
    const content = await call('GET', `/${gearId}/documents/${id}/content`);
    assert.deepEqual([content.status, content.text], [200, pdf]);
    assert.equal(content.headers.get('content-type'), 'application/pdf');
    assert.match(
      content.headers.get('content-disposition') ?? '',
      /filename\*=UTF-8''Rechnung%20f%C3%BCr%20%C3%96l\.pdf/,
    );
    assert.equal(content.headers.get('etag'), `"${createHash('sha256').update(pdf).digest('hex')}"`);
  });

  it('puts files where the sweep looks for those of gear', async () => {
    await upload({ type: 'other', file: file() });
    assert.match((await keys())[0], /^gear\//);
  });

  it('deletes a document, once', async () => {
    const { id } = (await upload({ type: 'manual', file: file() })).body.data;
    const gone = await call('DELETE', `/${gearId}/documents/${id}`);
    assert.deepEqual([gone.status, gone.body.data], [200, { message: 'Document deleted' }]);
    assert.equal((await call('DELETE', `/${gearId}/documents/${id}`)).status, 404);
    assert.equal((await call('GET', `/${gearId}/documents/${id}/content`)).status, 404);
    assert.deepEqual((await call('GET', `/${gearId}/documents`)).body.data, { documents: [], total: 0 });
  });

  it('keeps a repeated upload under one Idempotency-Key once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await upload({ type: 'invoice', file: file() }, { headers });
    const again = await upload({ type: 'invoice', file: file() }, { headers });
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.equal((await keys()).length, 1);
    assert.equal((await upload({ type: 'manual', file: file() }, { headers })).status, 422);
  });

  it('refuses a form without a file, without a type, or with another one', async () => {
    const bad: Record<string, string | File>[] = [
      { type: 'invoice' },
      { file: file() },
      { type: 'secret', file: file() },
      { type: 'invoice', file: file(), note: 'x' },
    ];
    for (const parts of bad) assert.equal((await upload(parts)).status, 400);
    assert.deepEqual(await keys(), []);
  });

  it('belongs to one piece of gear of one owner', async () => {
    const { id } = (await upload({ type: 'invoice', file: file() })).body.data;
    const second = (await market.call('POST', path, { token: owner.token, body: { name: 'Another' } })).body.data.id;
    assert.equal((await upload({ type: 'invoice', file: file() }, { token: other.token })).status, 404);
    assert.equal((await upload({ type: 'invoice', file: file() }, { to: randomUUID() })).status, 404);
    assert.equal((await call('GET', `/${gearId}/documents`, other)).status, 404);
    for (const [method, tail] of [
      ['GET', '/content'],
      ['DELETE', ''],
    ] as const) {
      assert.equal((await call(method, `/${gearId}/documents/${id}${tail}`, other)).status, 404);
      assert.equal((await call(method, `/${second}/documents/${id}${tail}`)).status, 404);
    }
    assert.equal((await keys()).length, 1);
  });

  it('stops at as many as a piece of gear may have, also when many come at once', async () => {
    await market.db.none(
      `insert into marketplace.gear_documents (id, gear_id, type, filename, mime_type, size_bytes, sha256, storage_key)
      select gen_random_uuid(), $1, 'other', 'x', 'text/plain', 0, repeat('0', 64), 'gear/' || n from generate_series(1, $2::int) n`,
      [gearId, maxDocumentsPerGear - 1],
    );
    const form = { type: 'invoice', file: file() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(form)));
    const codes = answers.map(answer => answer.body.code ?? answer.status).toSorted();
    assert.deepEqual(codes, [201, ...Array.from({ length: 7 }, () => 'TOO_MANY_DOCUMENTS')]);
  });
});
