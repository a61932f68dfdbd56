import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { sweepFilesOnce } from '../../../ops/ticker/sweep-files.ts';
import { createLog } from '../../../shared/log.ts';
import { eventually } from '../../support/eventually.ts';
import { type Field, type FieldMember, type FieldTenant, openField } from '../../support/field.ts';

const maxBytes = 1_000_000;
const dayMs = 86_400_000;

describe('attachments', function () {
  this.timeout(30_000);
  let field: Field;
  let tenant: FieldTenant;
  let manager: FieldMember;
  let photo: Buffer;

  before(async function () {
    this.timeout(120_000);
    field = await openField({ serve: { env: { MAX_UPLOAD_BYTES: String(maxBytes) } } });
    photo = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#269' } })
      .jpeg()
      .toBuffer();
  });
  beforeEach(async () => {
    tenant = await field.addTenant();
    ({ manager } = tenant);
  });
  after(() => field.stop());

  async function addRecord(entity: string, more: object = {}, tenantId = tenant.id): Promise<string> {
    const id = randomUUID();
    const payload = {
      task: { title: 'Clean', date: '2026-02-10', status: 'scheduled' },
      finance_entry: {
        title: 'Invoice - Dec',
        amount: 320.1,
        type: 'receivable',
        dueDate: '2026-02-28',
        status: 'pending',
        currency: 'USD',
        kind: 'general',
      },
      client: { name: 'John Doe' },
    }[entity];
    await field.db.none(
      `with instant as (
         update fieldservice.tenants set changed_at = clock_timestamp() where id = $1 returning changed_at
       )
       insert into fieldservice.records (tenant_id, id, entity, payload, changed_at)
       select $1, $2, $3, $4, changed_at from instant`,
      [tenantId, id, entity, JSON.stringify({ ...payload, ...more })],
    );
    return id;
  }
  const remove = (id: string) =>
    field.db.none('update fieldservice.records set deleted_at = now() where tenant_id = $1 and id = $2', [
      tenant.id,
      id,
    ]);

  const presign = (ownerId: string, more: object = {}, member = manager, headers = {}) =>
    field.as(
      member,
      'POST',
      '/v1/attachments/presign',
      { ownerType: 'finance_entry', ownerId, mimeType: 'image/jpeg', size: photo.length, ...more },
      headers,
    );
  const put = async (url: string, content: Buffer = photo, type = 'image/jpeg') =>
    (await fetch(url, { method: 'PUT', body: new Uint8Array(content), headers: { 'content-type': type } })).status;
  const complete = (
    { attachmentId, r2Key }: { attachmentId: string; r2Key: string },
    ownerId: string,
    more: object = {},
    member = manager,
  ) =>
    field.as(member, 'POST', '/v1/attachments/complete', {
      attachmentId,
      r2Key,
      ownerType: 'finance_entry',
      ownerId,
      ...more,
    });
  const download = (id: string, member = manager) => field.as(member, 'GET', `/v1/attachments/${id}/presign`);
  const told = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code];

  /** A photo of a task or finance entry, completed unless told otherwise. */
  async function attach(ownerType: string, ownerId: string, member = manager) {
    const { status, body } = await presign(ownerId, { ownerType }, member);
    assert.equal(status, 200);
    assert.equal(await put(body.uploadUrl), 200);
    assert.deepEqual((await complete(body, ownerId, { ownerType }, member)).body, { ok: true });
    return body as { attachmentId: string; uploadUrl: string; r2Key: string };
  }
  const pull = async (since: string) =>
    (await field.as(manager, 'GET', `/v1/sync/pull?since=${encodeURIComponent(since)}`)).body;
  const newest = async () => (await pull('2020-01-01T00:00:00Z')).nextCursor as string;

  it('go from an address to the store, to their finance entry, and back', async () => {
    const ownerId = await addRecord('finance_entry');
    const since = await newest();
    const { status, body } = await presign(ownerId);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), ['attachmentId', 'uploadUrl', 'r2Key']);
    assert.equal(body.r2Key, `tenants/${tenant.id}/attachments/${body.attachmentId}`);
    assert.deepEqual(told(await download(body.attachmentId)), [404, 'NOT_FOUND']);
    assert.equal(await put(body.uploadUrl), 200);
    assert.deepEqual((await pull(since)).changes, []);
    const completed = await complete(body, ownerId);
    assert.deepEqual([completed.status, completed.body], [200, { ok: true }]);

    const [change, ...others] = (await pull(since)).changes;
    assert.deepEqual(others, []);
    assert.deepEqual([change.op, change.entityId], ['upsert', ownerId]);
    assert.deepEqual([change.payload.receiptAttachmentId, change.payload.amount], [body.attachmentId, 320.1]);
    const [entry, ...more] = (await field.as(manager, 'GET', '/v1/audit')).body.audit;
    assert.deepEqual(more, []);
    assert.deepEqual(
      [entry.action, entry.summary, entry.actor],
      ['updated', 'Finance entry updated: Invoice - Dec', 'Carlos (Manager)'],
    );

    const { downloadUrl } = (await download(body.attachmentId.toUpperCase())).body;
    const answer = await fetch(downloadUrl);
    assert.equal(answer.headers.get('content-type'), 'image/jpeg');
    assert.match(String(answer.headers.get('content-disposition')), /^inline; filename="[\w-]{36}\.jpg"/);
    assert.ok(photo.equals(Buffer.from(await answer.arrayBuffer())));
  });

  it('leave a task as it is', async () => {
    const ownerId = await addRecord('task');
    const since = await newest();
    const { attachmentId } = await attach('task', ownerId);
    assert.deepEqual((await pull(since)).changes, []);
    assert.equal((await download(attachmentId)).status, 200);
  });

  it('do not change once they are complete, and completing again does nothing', async () => {
    const ownerId = await addRecord('finance_entry');
    const attachment = await attach('finance_entry', ownerId);
    const since = await newest();
    const other = Buffer.from(photo);
    other[other.length - 3] = ~Number(other.at(-3));
    assert.equal(await put(attachment.uploadUrl, other), 409);
    assert.deepEqual((await complete(attachment, ownerId)).body, { ok: true });
    assert.deepEqual((await pull(since)).changes, []);
    const { downloadUrl } = (await download(attachment.attachmentId)).body;
    assert.ok(photo.equals(Buffer.from(await (await fetch(downloadUrl)).arrayBuffer())));
    // Not even when it has gone from the store.
    await field.outside.ports.files.delete(attachment.r2Key);
    assert.equal((await complete(attachment, ownerId)).status, 200);
  });

  it('are completed once by many who say so at the same moment', async () => {
    const ownerId = await addRecord('finance_entry');
    const { body } = await presign(ownerId);
    await put(body.uploadUrl);
    const answers = await field.db.tx(async tx => {
      await tx.one('select id from fieldservice.tenants where id = $1 for update', [tenant.id]);
      const asked = Promise.all(Array.from({ length: 4 }, () => complete(body, ownerId)));
      await eventually(async () => {
        const { waiting } = await field.db.one<{ waiting: number }>(
          `select count(*)::integer as waiting from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`,
        );
        assert.equal(waiting, 4);
      });
      return { asked };
    });
    assert.deepEqual(
      (await answers.asked).map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.equal((await field.as(manager, 'GET', '/v1/audit')).body.audit.length, 1);
  });

  it('are not complete before all of their bytes have arrived', async () => {
    const ownerId = await addRecord('finance_entry');
    const since = await newest();
    const { body } = await presign(ownerId);
    assert.deepEqual(told(await complete(body, ownerId)), [400, 'UPLOAD_INCOMPLETE']);
    for (const [content, type] of [
      [Buffer.concat([photo, photo]), 'image/jpeg'],
      [photo.subarray(1), 'image/jpeg'],
      [photo, 'image/png'],
    ] as const)
      assert.ok((await put(body.uploadUrl, content, type)) >= 400);
    assert.deepEqual(told(await complete(body, ownerId)), [400, 'UPLOAD_INCOMPLETE']);
    // A store that does not hold to the announced size.
    await field.outside.ports.files.write(body.r2Key, photo.subarray(1), { contentType: 'image/jpeg', maxBytes });
    assert.deepEqual(told(await complete(body, ownerId)), [400, 'SIZE_MISMATCH']);
    assert.deepEqual(told(await download(body.attachmentId)), [404, 'NOT_FOUND']);
    assert.deepEqual((await pull(since)).changes, []);
  });

  it('are completed as they were announced', async () => {
    const [ownerId, otherId] = [await addRecord('finance_entry'), await addRecord('finance_entry')];
    const { body } = await presign(ownerId);
    await put(body.uploadUrl);
    const mismatch = [400, 'ATTACHMENT_MISMATCH'];
    assert.deepEqual(told(await complete(body, otherId)), mismatch);
    assert.deepEqual(told(await complete(body, ownerId, { ownerType: 'task' })), mismatch);
    assert.deepEqual(told(await complete(body, ownerId, { r2Key: `${body.r2Key}x` })), mismatch);
    assert.deepEqual(told(await complete(body, ownerId, { attachmentId: randomUUID() })), [404, 'NOT_FOUND']);
    await remove(ownerId);
    assert.deepEqual(told(await complete(body, ownerId)), [404, 'OWNER_NOT_FOUND']);
    assert.deepEqual(told(await download(body.attachmentId)), [404, 'NOT_FOUND']);
  });

  it('are nothing to another tenant, also under the same id', async () => {
    const ownerId = await addRecord('finance_entry');
    const attachment = await attach('finance_entry', ownerId);
    const { body: unfinished } = await presign(ownerId);
    await put(unfinished.uploadUrl);
    const { manager: other } = await field.addTenant();
    assert.deepEqual(told(await presign(ownerId, {}, other)), [404, 'OWNER_NOT_FOUND']);
    assert.deepEqual(told(await complete(unfinished, ownerId, {}, other)), [404, 'NOT_FOUND']);
    assert.deepEqual(told(await download(attachment.attachmentId, other)), [404, 'NOT_FOUND']);
    await field.db.none(
      `insert into fieldservice.records (tenant_id, id, entity, payload, changed_at)
       select $1, id, entity, payload, now() from fieldservice.records where tenant_id = $2 and id = $3`,
      [other.tenantId, tenant.id, ownerId],
    );
    assert.deepEqual(told(await complete(unfinished, ownerId, {}, other)), [404, 'NOT_FOUND']);
    assert.deepEqual(told(await download(attachment.attachmentId, other)), [404, 'NOT_FOUND']);
    assert.deepEqual(told(await complete(unfinished, ownerId)), [200, undefined]);
  });

  it("are an employee's to add to their own tasks and pay, and to read of any task", async () => {
    const ana = await field.addMember(tenant.id);
    const ben = await field.addMember(tenant.id, { employeeId: null });
    const own = { assignedEmployeeId: ana.employeeId };
    const pay = { kind: 'payrollEmployee', employeeId: ana.employeeId };
    const rows = [
      // whose, added by Ana, read by Ana, read by Ben
      ['task', own, true, true, true],
      ['task', {}, false, true, true],
      ['task', { assignedEmployeeId: randomUUID() }, false, true, true],
      ['finance_entry', pay, true, true, false],
      ['finance_entry', { ...pay, kind: 'general' }, false, false, false],
      ['finance_entry', { ...pay, employeeId: randomUUID() }, false, false, false],
    ] as const;
    for (const [ownerType, more, adds, reads, benReads] of rows) {
      const what = `${ownerType} ${JSON.stringify(more)}`;
      const ownerId = await addRecord(ownerType, more);
      const { attachmentId } = await attach(ownerType, ownerId);
      assert.equal((await presign(ownerId, { ownerType }, ana)).status, adds ? 200 : 404, what);
      assert.equal((await presign(ownerId, { ownerType }, ben)).status, 404, what);
      assert.equal((await download(attachmentId, ana)).status, reads ? 200 : 404, what);
      assert.equal((await download(attachmentId, ben)).status, benReads ? 200 : 404, what);
    }
  });

  it('are completed by who announced them, or a manager', async () => {
    const ana = await field.addMember(tenant.id);
    const ben = await field.addMember(tenant.id, { employeeId: ana.employeeId });
    const ownerId = await addRecord('task', { assignedEmployeeId: ana.employeeId });
    const ownerType = 'task';
    for (const by of [ana, manager]) {
      const { body } = await presign(ownerId, { ownerType }, ana);
      await put(body.uploadUrl);
      assert.deepEqual(told(await complete(body, ownerId, { ownerType }, ben)), [404, 'NOT_FOUND']);
      assert.equal((await complete(body, ownerId, { ownerType }, by)).status, 200);
    }
    const { body } = await presign(ownerId, { ownerType }, ana);
    await put(body.uploadUrl);
    await field.db.none(`update fieldservice.records set payload = payload - 'assignedEmployeeId' where id = $1`, [
      ownerId,
    ]);
    assert.deepEqual(told(await complete(body, ownerId, { ownerType }, ana)), [404, 'OWNER_NOT_FOUND']);
  });

  it('are of a record that is there, and of what such an app attaches', async () => {
    const ownerId = await addRecord('finance_entry');
    for (const mimeType of ['text/html', 'image/svg+xml', 'text/javascript', 'image/jpeg; q=1', 'IMAGE/JPEG', ''])
      assert.deepEqual(told(await presign(ownerId, { mimeType })), [400, 'INVALID'], mimeType);
    for (const size of [0, -1, 1.5, '5', null, 2 ** 60])
      assert.deepEqual(told(await presign(ownerId, { size })), [400, 'INVALID'], String(size));
    assert.deepEqual(told(await presign(ownerId, { size: maxBytes + 1 })), [413, 'FILE_TOO_LARGE']);
    assert.equal((await presign(ownerId, { size: maxBytes, mimeType: 'application/pdf' })).status, 200);
    for (const ownerType of ['client', 'toString', null])
      assert.deepEqual(told(await presign(ownerId, { ownerType })), [400, 'INVALID']);
    const absent = [404, 'OWNER_NOT_FOUND'];
    assert.deepEqual(told(await presign('no id')), [400, 'INVALID']);
    assert.deepEqual(told(await presign(randomUUID())), absent);
    assert.deepEqual(told(await presign(ownerId, { ownerType: 'task' })), absent);
    assert.deepEqual(told(await presign(await addRecord('client'))), absent);
    await remove(ownerId);
    assert.deepEqual(told(await presign(ownerId)), absent);
  });

  it('are announced a hundred at a time by one person', async () => {
    const ownerId = await addRecord('finance_entry');
    const announce = (ageMinutes: number, count: number) =>
      field.db.none(
        `insert into fieldservice.attachments (id, tenant_id, owner_type, owner_id, file_key, mime_type, size_bytes, created_by, created_at)
         select id, $1, 'finance_entry', $2, id::text, 'image/jpeg', 1, $3, now() - $4 * interval '1 minute'
         from (select gen_random_uuid() as id from generate_series(1, $5)) made`,
        [tenant.id, ownerId, manager.userId, ageMinutes, count],
      );
    await announce(16, 100);
    await announce(14, 99);
    const { body } = await presign(ownerId);
    const refused = await presign(ownerId);
    assert.deepEqual(told(refused), [429, 'TOO_MANY_UPLOADS']);
    assert.ok(refused.headers.get('retry-after'));
    const ana = await field.addMember(tenant.id, { role: 'manager' });
    assert.equal((await presign(ownerId, {}, ana)).status, 200);
    await put(body.uploadUrl);
    await complete(body, ownerId);
    assert.equal((await presign(ownerId)).status, 200);
  });

  it('are announced once by a repeated idempotency key', async () => {
    const ownerId = await addRecord('finance_entry');
    const key = { 'idempotency-key': randomUUID() };
    const first = await presign(ownerId, {}, manager, key);
    const second = await presign(ownerId, {}, manager, key);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
  });

  it('are swept with what was sent of them, a day after they were announced and not completed', async () => {
    const { files } = field.outside.ports;
    const ownerId = await addRecord('finance_entry');
    const kept = await attach('finance_entry', ownerId);
    const { body: sent } = await presign(ownerId);
    await put(sent.uploadUrl);
    const { body: young } = await presign(ownerId);
    await put(young.uploadUrl);
    const orphan = `tenants/${tenant.id}/attachments/${randomUUID()}`;
    await files.write(orphan, photo, { contentType: 'image/jpeg', maxBytes });
    const longAgo = new Date(Date.now() - dayMs - 60_000);
    for (const key of [kept.r2Key, sent.r2Key, young.r2Key, orphan])
      await utimes(join(field.outside.dir, 'files', key), longAgo, longAgo);
    await field.db.none('update fieldservice.attachments set created_at = $1 where id = any($2::uuid[])', [
      longAgo,
      [kept.attachmentId, sent.attachmentId],
    ]);
    await sweepFilesOnce({ db: field.db, ports: { files }, log: createLog({ level: 'silent', name: 'test' }) });
    const left = async (key: string) => (await files.stat(key)) !== null;
    assert.deepEqual(await Promise.all([kept.r2Key, sent.r2Key, young.r2Key, orphan].map(left)), [
      true,
      false,
      true,
      false,
    ]);
    assert.deepEqual(told(await complete(sent, ownerId)), [404, 'NOT_FOUND']);
    assert.equal((await complete(young, ownerId)).status, 200);
    assert.equal((await download(kept.attachmentId)).status, 200);
  });
});
