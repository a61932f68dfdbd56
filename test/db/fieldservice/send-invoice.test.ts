import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sendInvoice } from '../../../db/fieldservice/send-invoice.ts';
import { loadSettlers } from '../../../db/settlers.ts';
import { transact } from '../../../db/transact.ts';
import { invoicePdf } from '../../../shared/jobs/invoice-pdf.ts';
import { eventually } from '../../support/eventually.ts';
import { type InvoiceScene, openInvoices } from '../../edge/fieldservice/invoice-scene.ts';

describe('db/fieldservice/send-invoice', function () {
  this.timeout(120_000);
  let scene: InvoiceScene;
  before(async () => {
    scene = await openInvoices({ serve: { worker: false } });
  });
  after(() => scene?.field.stop());

  it('forgets no message that is being added while the PDF’s job ends, well or badly', async () => {
    for (const end of ['succeeded', 'failed'] as const) {
      const { field, tenant } = scene;
      const { entryId } = await scene.addInvoice();
      await scene.sent(entryId, { channels: ['email'], message: 'The first', includePdf: true });
      const { id: invoiceId } = await field.db.one('select id from core.invoices where subject like $1', [
        `${tenant.id}:${entryId}:%`,
      ]);
      const deps = { db: field.spine.db, dispatch: field.spine.dispatch };
      const settle = loadSettlers({ transferRetryEnabled: true }).get(invoicePdf.kind);
      const job = { kind: invoicePdf.kind, owner: 'service/test', tenant: null, payload: { invoiceId } };
      const facts = { id: randomUUID(), attempt: 1, maxAttempts: 8, requestId: randomUUID(), trace: null };
      const result = { invoiceId, fileKey: `invoices/2027/${invoiceId}.pdf`, sha256: 'ab', sizeBytes: 1 };
      const fault = { code: 'internal', message: 'No ink.' };
      const settlement = end === 'succeeded' ? { state: end, result, dueAt: null } : { state: end, fault, dueAt: null };

      const send = { tenantId: tenant.id, entryId, userId: tenant.manager.userId, channels: ['email'] as const };
      const rules = { phoneCountry: 'US', offers: () => true };
      const cause = { owner: 'service/test', requestId: randomUUID(), trace: null };
      let ending: Promise<void> | undefined;
      const [added] = await transact(deps, async tx => {
        const ids = await sendInvoice(tx, { ...send, message: 'The second', includePdf: true }, rules, cause);
        ending = transact(deps, other => settle!(other, { ...job, ...facts }, settlement));
        await eventually(async () => {
          const waits = await field.db.any(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%core.invoices%'",
          );
          assert.equal(waits.length, 1, 'the end does not wait for the send');
        });
        return ids;
      });
      await ending;
      const jobs = await field.db.any("select 1 from core.jobs where payload ->> 'notificationId' = $1", [added]);
      const [row] = await scene.notified([added!]);
      if (end === 'succeeded') assert.deepEqual([jobs.length, row!.status], [1, 'queued']);
      else
        assert.deepEqual(
          [jobs.length, row!.status, row!.error],
          [0, 'failed', 'The invoice’s PDF could not be made: No ink.'],
        );
    }
  });
});
