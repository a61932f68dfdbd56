import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { fileRoutes } from '../../edge/file-routes.ts';
import { receiveFile } from '../../edge/receive-file.ts';
import { defineRoute } from '../../edge/route.ts';
import { signUpload } from '../../shared/file-signature.ts';
import { eventually } from '../support/eventually.ts';
import { serveFiles, type ServedFiles } from '../support/files.ts';
import { RawConnection, requestText } from '../support/raw-http.ts';

describe('a file that is sent to the edge by a signed address', function () {
  this.timeout(30_000);
  const contentType = 'image/jpeg';
  let served: ServedFiles;
  let connection: RawConnection;
  let key: string;

  /** As the product's, with little patience. */
  const hasty = defineRoute({
    method: 'PUT',
    path: '/hasty/:key',
    summary: 'Send',
    roles: 'public',
    idempotency: 'none',
    bodyKind: 'stream',
    params: z.object({ key: z.string() }),
    response: { 200: z.unknown() },
    async handler(request) {
      const grant = { key: request.params.key, sizeBytes: 10, contentType, expiresAtS: 0 };
      await receiveFile(request, request.edge.ports.files, grant, 50);
      return { status: 200 };
    },
  });

  before(async () => {
    served = await serveFiles([...fileRoutes, hasty]);
  });
  beforeEach(async () => {
    key = randomUUID();
    connection = await RawConnection.open(served.url);
  });
  afterEach(async () => {
    connection.close();
    assert.deepEqual(await served.left(), []);
  });
  after(() => served.stop());

  const pathOf = async (sizeBytes: number, expiresInS = 60) =>
    new URL(await served.files.signedUpload(key, { expiresInS, sizeBytes, contentType })).pathname;

  async function refusal(path: string, headers: Record<string, string>, body: Buffer | string = '') {
    connection.send(requestText('PUT', path, headers), body);
    const { status, body: text } = await connection.answer();
    return [status, JSON.parse(text).code];
  }

  it('must come with its length, and no other', async () => {
    const path = await pathOf(10);
    const type = { 'content-type': contentType };
    assert.deepEqual(await refusal(path, type), [411, 'LENGTH_REQUIRED']);
    const chunked = { ...type, 'transfer-encoding': 'chunked' };
    assert.deepEqual(await refusal(path, chunked, 'a\r\n0123456789\r\n0\r\n\r\n'), [411, 'LENGTH_REQUIRED']);
    assert.deepEqual(await refusal(path, { ...type, 'content-length': '9' }, '012345678'), [400, 'SIZE_MISMATCH']);
  });

  it('must be of its type, and as it is', async () => {
    const path = await pathOf(10);
    const sent = { 'content-type': contentType, 'content-length': '10' };
    const wrong = [415, 'INVALID_FILE_TYPE'];
    assert.deepEqual(await refusal(path, { ...sent, 'content-type': 'image/png' }, '0123456789'), wrong);
    assert.deepEqual(await refusal(path, { 'content-length': '10' }, '0123456789'), wrong);
    assert.deepEqual(await refusal(path, { ...sent, 'content-encoding': 'gzip' }, '0123456789'), wrong);
  });

  it('is refused where the address has expired, or was not signed here', async () => {
    const sent = { 'content-type': contentType, 'content-length': '10' };
    assert.deepEqual(await refusal(await pathOf(10, -1), sent, '0123456789'), [410, 'LINK_EXPIRED']);
    const grant = { key, sizeBytes: 10, contentType, expiresAtS: 1e11 };
    const forged = signUpload(grant, ['another secret']);
    assert.deepEqual(await refusal(`/files/${forged}`, sent, '0123456789'), [404, 'NOT_FOUND']);
    const [, mac = ''] = signUpload(grant, ['a secret of thirty-two characters']).split('.');
    const larger = Buffer.from(JSON.stringify({ ...grant, sizeBytes: 11 })).toString('base64url');
    assert.equal((await refusal(`/files/${larger}.${mac}`, sent, '0123456789'))[0], 404);
  });

  it('leaves nothing when it breaks off', async () => {
    connection.send(
      requestText('PUT', await pathOf(1_000_000), { 'content-type': contentType, 'content-length': '1000000' }),
      randomBytes(400_000),
    );
    await eventually(async () => assert.equal((await served.left()).length, 1));
    connection.close();
    await eventually(async () => assert.deepEqual(await served.left(), []));
  });

  it('is given up when its sender falls silent, who is told so', async () => {
    const sent = { 'content-type': contentType, 'content-length': '10' };
    assert.deepEqual(await refusal(`/hasty/${key}`, sent, '01234'), [408, 'TIMEOUT']);
  });

  it('is answered before all of it has come if it is refused, and the connection stays good', async () => {
    const path = await pathOf(10);
    const head = requestText('PUT', path, { 'content-type': contentType, 'content-length': '1000000' });
    connection.send(head, randomBytes(500_000));
    assert.equal((await connection.answer()).status, 400);
    connection.send(randomBytes(500_000));
    connection.send(requestText('PUT', path, { 'content-type': contentType, 'content-length': '10' }), '0123456789');
    const { status, body } = await connection.answer();
    assert.deepEqual([status, body], [200, '']);
    await served.files.delete(key);
  });
});
