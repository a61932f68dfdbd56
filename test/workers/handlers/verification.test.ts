import assert from 'node:assert/strict';
import { findVerificationJob } from '../../../db/workforce/verifications.ts';
import { FilesUnavailable, type FilesPort } from '../../../shared/ports/files.ts';
import { eventually } from '../../support/eventually.ts';
import { openStaffing, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';
import { askVerification, awaitVerification, certificateOf, uploadFile } from '../../support/verification-scene.ts';
import { drawCertificate, drawPassport } from '../verification/documents.ts';

describe('workers/handlers/verification', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let zoe: Worker;
  let disk: FilesPort;

  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    zoe = await staffing.addWorker(tenant, { fullName: 'Zoe Winter' });
    disk = staffing.outside.ports.files;
  });
  afterEach(() => {
    staffing.outside.ports.files = disk;
  });
  after(() => staffing.stop());

  /** The worker reads files so from now on. */
  function readBy(read: FilesPort['read']): void {
    staffing.outside.ports.files = { ...disk, read };
  }

  async function sent(bytes: Buffer, type = 'application/pdf'): Promise<string> {
    return uploadFile(staffing, zoe.token, bytes, type);
  }

  async function statusOf(id: string): Promise<string> {
    const { status } = await staffing.db.one<{ status: string }>(
      'select status from workforce.verifications where id = $1',
      [id],
    );
    return status;
  }

  async function historyOf(id: string): Promise<unknown[]> {
    const events = await staffing.db.any<{ seq: number; toStatus: string; reason: string | null }>(
      'select seq, to_status, reason from workforce.verification_events where verification_id = $1 order by seq',
      [id],
    );
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, index) => index + 1),
    );
    return events.map(({ toStatus, reason }) => (reason === null ? toStatus : `${toStatus} ${reason}`));
  }

  /** Ends the wait before the next attempt. */
  async function hurry(id: string): Promise<void> {
    const jobId = await findVerificationJob(staffing.db, { tenantId: tenant.id, id });
    await staffing.db.none("update core.jobs set due_at = now() where id = $1 and state = 'pending'", [jobId]);
  }

  it('reads a scanned document, while other kinds go on', async () => {
    const anna = await staffing.addWorker(tenant, { fullName: 'Anna Maria Eriksson' });
    const fileUri = await uploadFile(staffing, anna.token, await drawPassport(), 'image/png');
    const id = await askVerification(staffing, anna.token, fileUri, { type: 'government_id' });
    const key = await staffing.key();
    let echoed = 0;
    const seen = awaitVerification(staffing, anna.token, id);
    do {
      const headers = { prefer: 'wait=30' };
      const echo = await staffing.call('POST', '/jobs/noop', { token: key, key: null, headers, body: {} });
      assert.equal(echo.body.status, 'succeeded');
      echoed += 1;
    } while (['PENDING', 'PROCESSING'].includes(await statusOf(id)));
    await seen;
    const { body } = await awaitVerification(staffing, anna.token, id);
    assert.equal(body.status, 'AUTO_PASS', JSON.stringify(body.checks));
    const outcomes = body.checks.map(({ name, outcome }: Record<string, string>) => `${name} ${outcome}`);
    assert.ok(outcomes.includes('mrz pass'), outcomes.join());
    assert.ok(echoed > 5, `${echoed} jobs of another kind ended meanwhile`);
  });

  it('asks for a person where it cannot tell', async () => {
    const noPicture = await sent(await drawCertificate(['Hi']), 'image/png');
    const unread = await askVerification(staffing, zoe.token, noPicture);
    assert.equal((await awaitVerification(staffing, zoe.token, unread)).body.status, 'NEEDS_REVIEW');
    const { model } = staffing.outside.ports;
    staffing.outside.ports.model = null;
    try {
      const shirt = await askVerification(staffing, zoe.token, noPicture, { type: 'attire' });
      const { body } = await awaitVerification(staffing, zoe.token, shirt);
      assert.equal(body.status, 'NEEDS_REVIEW');
      assert.equal(body.checks.at(-1).reason, 'model_not_configured');
    } finally {
      staffing.outside.ports.model = model;
    }
  });

  it('tries again when the store is away, and gives up in the end', async () => {
    const fileUri = await sent(await certificateOf('Zoe Winter'));
    let failures = 0;
    readBy(async (...asked) => {
      failures += 1;
      if (failures <= 1) throw new FilesUnavailable(null);
      return disk.read(...asked);
    });
    const id = await askVerification(staffing, zoe.token, fileUri);
    await eventually(async () =>
      assert.deepEqual(await historyOf(id), ['PENDING', 'PROCESSING', 'PENDING FILES_UNAVAILABLE']),
    );
    await hurry(id);
    await eventually(async () => assert.equal(await statusOf(id), 'AUTO_PASS'));
    assert.equal(failures, 2);

    readBy(() => Promise.reject(new FilesUnavailable(null)));
    const hopeless = await askVerification(staffing, zoe.token, fileUri);
    await eventually(
      async () => {
        await hurry(hopeless);
        assert.equal(await statusOf(hopeless), 'ERROR');
      },
      { timeoutMs: 20_000 },
    );
    assert.deepEqual(await historyOf(hopeless), [
      'PENDING',
      'PROCESSING',
      'PENDING FILES_UNAVAILABLE',
      'PROCESSING',
      'PENDING FILES_UNAVAILABLE',
      'PROCESSING',
      'ERROR FILES_UNAVAILABLE',
    ]);
  });

  it('ends as an error when its file is gone, and can be tried again', async () => {
    const fileUri = await sent(await certificateOf('Zoe Winter'));
    readBy(async () => null);
    const id = await askVerification(staffing, zoe.token, fileUri);
    const seen = await awaitVerification(staffing, zoe.token, id);
    assert.equal(seen.body.status, 'ERROR');
    assert.deepEqual(await historyOf(id), ['PENDING', 'PROCESSING', 'ERROR file_gone']);
    staffing.outside.ports.files = disk;
    const retried = await staffing.call('POST', `/verifications/${id}/retry`, { token: zoe.token });
    assert.equal(retried.status, 202, retried.text);
    assert.equal((await awaitVerification(staffing, zoe.token, id)).body.status, 'AUTO_PASS');
  });

  it('ends as an error when its job is cancelled', async () => {
    const fileUri = await sent(await certificateOf('Zoe Winter'));
    readBy(() => Promise.reject(new FilesUnavailable(null)));
    const id = await askVerification(staffing, zoe.token, fileUri);
    await eventually(async () => assert.equal((await historyOf(id)).length, 3));
    const jobId = await findVerificationJob(staffing.db, { tenantId: tenant.id, id });
    const token = await staffing.key({ operator: true });
    const cancelled = await staffing.call('POST', `/jobs/${jobId}/cancel`, { token });
    assert.equal(cancelled.status, 200, cancelled.text);
    assert.deepEqual((await historyOf(id)).slice(2), ['PENDING FILES_UNAVAILABLE', 'ERROR cancelled']);
  });

  it('changes nothing once a person has decided', async () => {
    const fileUri = await sent(await certificateOf('Zoe Winter'));
    let release = () => {};
    const gate = new Promise<void>(resolve => (release = resolve));
    readBy(async (...asked) => {
      await gate;
      return disk.read(...asked);
    });
    const id = await askVerification(staffing, zoe.token, fileUri);
    await eventually(async () => assert.equal(await statusOf(id), 'PROCESSING'));
    const headers = { prefer: 'wait=1' };
    const early = await staffing.call('GET', `/verifications/${id}`, { token: zoe.token, headers });
    assert.deepEqual([early.body.status, early.headers.get('retry-after')], ['PROCESSING', '1']);
    const jobId = await findVerificationJob(staffing.db, { tenantId: tenant.id, id });
    await staffing.db.none("update workforce.verifications set status = 'REJECTED' where id = $1", [id]);
    release();
    await eventually(async () => {
      const { state } = await staffing.db.one<{ state: string }>('select state from core.jobs where id = $1', [jobId]);
      assert.equal(state, 'succeeded');
    });
    assert.equal(await statusOf(id), 'REJECTED');
    assert.deepEqual(await historyOf(id), ['PENDING', 'PROCESSING']);
    const { checks } = await staffing.db.one('select checks from workforce.verifications where id = $1', [id]);
    assert.deepEqual(checks, []);
  });
});
