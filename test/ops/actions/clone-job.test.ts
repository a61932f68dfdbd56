import assert from 'node:assert/strict';
import { insertJob } from '../../../db/insert-job.ts';
import { transact } from '../../../db/transact.ts';
import { cloneJob, whyNoClone } from '../../../ops/actions/clone-job.ts';
import { invoicePdf } from '../../../shared/jobs/invoice-pdf.ts';
import { shiftClose } from '../../../shared/jobs/shift-close.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { failed, operator, Rows } from './rows.ts';

describe('cloning a job', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());

  it('posts another one with its payload, owner and tenant, whatever became of it, and leaves its trace', async () => {
    const id = await rows.post({ a: 1 });
    await rows.end(id, { state: 'succeeded', result: {} });
    rows.sent.length = 0;
    const { jobId } = await cloneJob(rows, { id }, operator);
    const [old, fresh] = [await rows.job(id), await rows.job(jobId)];
    assert.deepEqual(
      [fresh.state, fresh.attempt, fresh.kind, fresh.owner, fresh.tenant, fresh.payload],
      ['pending', 0, 'noop', 'service/test', 'acme', { a: 1 }],
    );
    assert.notEqual(fresh.requestId, old.requestId);
    assert.deepEqual(
      rows.sent.map(job => job.id),
      [jobId],
    );
    const audit = await rows.lastAudit();
    assert.deepEqual([audit?.action, audit?.subject, audit?.reason], ['job.clone', id, 'a test']);
    assert.deepEqual(audit?.details, { kind: 'noop', jobId });
  });

  it('makes none of a kind that moves money, belongs to a row, or is done once', () => {
    const refused = [...rows.catalog.keys()].filter(kind => whyNoClone(rows, kind) !== null).sort();
    assert.deepEqual(refused, [
      'export',
      'invoice-pdf',
      'notification',
      'payment-event',
      'refund',
      'transfer',
      'transfer-reversal',
      'verification',
      'warranty-notice',
      'weekly-billing',
    ]);
  });

  it('refuses with the reason, and then makes nothing and leaves no trace', async () => {
    const order = { owner: 'system', requestId: uuidV7() };
    const { id } = await transact(rows, tx => insertJob(tx, invoicePdf, { invoiceId: uuidV7() }, order));
    const before = await rows.lastAudit();
    await assert.rejects(cloneJob(rows, { id }, operator), { code: 'forbidden', reason: 'job_not_cloneable' });
    assert.deepEqual(await rows.lastAudit(), before);
    await assert.rejects(cloneJob(rows, { id: uuidV7() }, operator), { code: 'not_found' });
  });

  it('refuses while a live job does the same', async () => {
    const order = { owner: 'system', requestId: uuidV7() };
    const { id } = await transact(rows, tx => insertJob(tx, shiftClose, {}, order));
    await assert.rejects(cloneJob(rows, { id }, operator), { code: 'conflict' });
    await rows.end(id, failed);
    assert.notEqual((await cloneJob(rows, { id }, operator)).jobId, id);
  });
});
