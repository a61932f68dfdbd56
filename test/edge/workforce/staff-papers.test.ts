import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { openStaffing, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';
import { askFor, pdf, png, profileCalls } from './profile-calls.ts';

describe("edge/workforce/routes: a worker's papers", function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let zoe: Worker;
  let other: Worker;
  const { get, items, send, sendFile } = profileCalls(
    () => staffing,
    () => zoe,
  );

  before(async () => {
    // Nobody looks at the papers here.
    staffing = await openStaffing({ serve: { worker: false } });
    tenant = await staffing.addTenant();
    other = await staffing.addWorker(await staffing.addTenant());
  });
  beforeEach(async () => {
    zoe = await staffing.addWorker(tenant, { fullName: 'Zoe Doe' });
  });
  after(() => staffing.stop());

  const eventsOf = (verificationId: string) =>
    staffing.db.any('select to_status, actor from workforce.verification_events where verification_id = $1', [
      verificationId,
    ]);

  it('takes a document, and has it verified', async () => {
    const id = await askFor(staffing, tenant, 'DOCUMENT', 'Passport');
    const path = `/staff/profile/documents/${id}/upload`;
    const [blank] = await items('documents');
    assert.deepEqual([blank.documentId, blank.status, blank.fileUri], [id, 'NOT_UPLOADED', null]);
    const key = randomUUID();
    const { status, headers, body } = await sendFile(path, pdf, { fields: { note: 'mine' }, key });
    assert.equal(status, 202);
    assert.equal(headers.get('location'), `/verifications/${body.verificationId}`);
    const { requestId: _, ...document } = body;
    assert.deepEqual([body.status, body.contentType, body.sizeBytes], ['PENDING', 'application/pdf', pdf.length]);
    assert.deepEqual(body.metadata, { note: 'mine' });
    assert.deepEqual(await items('documents'), [document]);
    const row = await staffing.db.one('select * from workforce.verifications where id = $1', [body.verificationId]);
    assert.deepEqual(
      [row.type, row.subjectType, row.subjectId, row.userId, row.tenantId, row.metadata],
      ['government_id', 'document', id, zoe.userId, tenant.id, { note: 'mine', documentType: 'passport' }],
    );
    assert.deepEqual(await eventsOf(body.verificationId), [{ toStatus: 'PENDING', actor: `user/${zoe.userId}` }]);
    const again = await sendFile(path, pdf, { fields: { note: 'mine' }, key });
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [202, 'true']);
    assert.equal(again.body.verificationId, body.verificationId);
    assert.equal((await sendFile(path, pdf, { key })).body.code, 'IDEMPOTENCY_CONFLICT');
    const replaced = await sendFile(path, pdf);
    assert.notEqual(replaced.body.verificationId, body.verificationId);
    assert.equal((await items('documents')).length, 1);
  });

  it("refuses what its tenant doesn't ask for, and files of another kind", async () => {
    const theirs = await askFor(staffing, await staffing.addTenant(), 'DOCUMENT', 'Theirs');
    const shirt = await askFor(staffing, tenant, 'ATTIRE', 'Black shirt');
    for (const id of [theirs, randomUUID(), shirt]) {
      const { status, body } = await sendFile(`/staff/profile/documents/${id}/upload`, pdf);
      assert.deepEqual([status, body.code], [404, 'ITEM_NOT_FOUND']);
    }
    const wrong = await sendFile(`/staff/profile/attire/${shirt}/upload`, pdf);
    assert.deepEqual([wrong.status, wrong.body.code], [415, 'INVALID_FILE_TYPE']);
    const right = await sendFile(`/staff/profile/attire/${shirt}/upload`, png, { fields: { note: 'mine' } });
    assert.deepEqual([right.status, right.body.itemId, right.body.name], [202, shirt, 'Black shirt']);
    const unknown = await sendFile(`/staff/profile/attire/${shirt}/upload`, png, { fields: { extra: 'x' } });
    assert.equal(unknown.status, 400);
  });

  it('keeps one certificate of a type, from a file that was uploaded before', async () => {
    const uploaded = await sendFile('/upload-file', pdf);
    const { fileUri } = uploaded.body;
    const body = {
      fileUri,
      certificateType: 'food handler',
      issuer: 'City',
      certificateNumber: 'C-1',
      expiresOn: '2031-01-31',
    };
    const key = randomUUID();
    const first = await send('POST', 'certificates', body, { key });
    assert.equal(first.status, 202);
    assert.deepEqual(
      [first.body.certificateType, first.body.fileUri, first.body.status],
      ['FOOD_HANDLER', fileUri, 'PENDING'],
    );
    assert.equal(first.headers.get('location'), `/verifications/${first.body.verificationId}`);
    const again = await send('POST', 'certificates', body, { key });
    assert.deepEqual(
      [again.headers.get('idempotent-replayed'), again.body.verificationId],
      ['true', first.body.verificationId],
    );
    assert.equal((await send('POST', 'certificates', { ...body, issuer: 'x' }, { key })).status, 422);
    const second = await send('POST', 'certificates', { ...body, issuer: 'County' });
    assert.deepEqual([second.body.certificateId, second.body.issuer], [first.body.certificateId, 'County']);
    const [only, ...more] = await items('certificates');
    assert.deepEqual([only.expiresOn, only.certificateNumber, more], ['2031-01-31', 'C-1', []]);
    const { rules } = await staffing.db.one('select rules from workforce.verifications where id = $1', [
      second.body.verificationId,
    ]);
    assert.deepEqual(rules, { certificateType: 'FOOD_HANDLER', issuer: 'County', documentNumber: 'C-1' });
    const gone = await send('DELETE', 'certificates/food_handler');
    assert.deepEqual([gone.status, gone.body.deleted], [200, true]);
    assert.deepEqual(
      [(await send('DELETE', 'certificates/FOOD_HANDLER')).status, await items('certificates')],
      [404, []],
    );
  });

  it('takes no certificate whose days are in no calendar', async () => {
    const { fileUri } = (await sendFile('/upload-file', pdf)).body;
    for (const day of [{ issuedOn: '0000-01-01' }, { expiresOn: '0000-12-31' }, { expiresOn: '2031-02-30' }]) {
      const answer = await send('POST', 'certificates', { fileUri, certificateType: 'food handler', ...day });
      assert.deepEqual([answer.status, answer.body.code], [400, 'INVALID'], JSON.stringify(day));
    }
  });

  it("takes no file of anybody else's, and none that isn't there", async () => {
    const { fileUri } = (await sendFile('/upload-file', png)).body;
    const colleague = await staffing.addWorker(tenant);
    for (const token of [colleague.token, other.token]) {
      const stolen = await send('POST', 'photo', { fileUri }, { token });
      assert.deepEqual([stolen.status, stolen.body.code], [404, 'FILE_NOT_FOUND']);
    }
    for (const wrong of [fileUri.replace('private', 'public'), `${fileUri}0`, 'millrace://private/../x', 'https://x/y'])
      assert.equal((await send('POST', 'photo', { fileUri: wrong })).status, 404, wrong);
    const { status, body } = await send('POST', 'photo', { fileUri });
    assert.deepEqual([status, body.fileUri, body.status, body.verificationId], [202, fileUri, 'NOT_REQUIRED', null]);
    assert.equal((await get('profile/personal-info')).photoUri, fileUri);
  });
});
