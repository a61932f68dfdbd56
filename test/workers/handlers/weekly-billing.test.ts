import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { billWeek } from '../../../db/workforce/billing.ts';
import { writeWeekDocument } from '../../../db/workforce/week-document.ts';
import { transact } from '../../../db/transact.ts';
import { scheduleOnce } from '../../../ops/ticker/schedule.ts';
import { latestSlot, schedules } from '../../../ops/ticker/schedules.ts';
import { invoiceDocument } from '../../../shared/invoice-document.ts';
import { addDays, utcDay } from '../../../shared/warranty.ts';
import { openBillingScene, type BillingScene } from '../../edge/workforce/billing-scene.ts';
import { eventually } from '../../support/eventually.ts';
import type { Worker } from '../../support/staffing.ts';

describe('the weekly billing', function () {
  this.timeout(120_000);
  let scene: BillingScene;
  let jo: Worker;
  let kim: Worker;
  before(async () => {
    scene = await openBillingScene();
    jo = await scene.staffing.addWorker(scene.tenant, { fullName: 'Jo Doe' });
    kim = await scene.staffing.addWorker(scene.tenant, { fullName: 'Kim Łuk' });
  });
  after(() => scene.stop());

  const addClient = () => scene.addClient();
  const statusOf = async (assignmentId: string) =>
    (await scene.staffing.db.one('select status from workforce.assignments where id = $1', [assignmentId])).status;
  const documentOf = (invoiceId: string) =>
    scene.staffing.db.one(
      `select document.label, document.issuer, document.document from workforce.invoices join core.invoices document on document.id = document_id
      where invoices.id = $1`,
      [invoiceId],
    );

  it('bills a week’s work, Monday to Sunday, worker by worker, and completes it', async () => {
    const monday = scene.week();
    const first = await scene.work(jo, monday);
    await scene.work(jo, addDays(monday, 6), { hours: 7.5 });
    await scene.work(kim, addDays(monday, 2), { hours: 1, rateCents: 3_333 });
    const nextWeek = await scene.work(kim, addDays(monday, 7));
    await scene.bill(monday);
    const [invoice, ...others] = await scene.invoices();
    assert.deepEqual(others, []);
    const totalCents = 20_000 + 18_750 + 3_333;
    assert.deepEqual(invoice, { id: invoice!.id, weekStartsOn: monday, status: 'PENDING', totalCents });
    assert.deepEqual([await statusOf(first), await statusOf(nextWeek)], ['COMPLETED', 'CHECKED_OUT']);
    const { label, document } = await documentOf(invoice.id);
    assert.match(label, /^INV-\d{4}-000001$/);
    assert.deepEqual(
      document.lines.map((line: { description: string; detail: string; grossCents: number }) => [
        line.description,
        line.detail,
        line.grossCents,
      ]),
      [
        ['Jo Doe, Server', '15.50 h at 25.00 USD, 2 shifts', 38_750],
        ['Kim Łuk, Server', '1.00 h at 33.33 USD, 1 shift', 3_333],
      ],
    );
    assert.equal(document.issuer.name, 'Krew & Co');
    assert.deepEqual([document.grossCents, document.taxCents], [totalCents, 0]);
    await eventually(async () => {
      const { fileKey } = await scene.staffing.db.one('select file_key from core.invoices where subject = $1', [
        invoice.id,
      ]);
      assert.ok(fileKey);
    });
  });

  it('bills nothing twice, however often and at once it is asked', async () => {
    const client = await addClient();
    for (let inDays = 0; inDays < 5; inDays += 1) await scene.work(jo, addDays(scene.week(-3), inDays), { client });
    const week = { tenantId: scene.tenant.id, businessId: client.businessId, weekStartsOn: scene.week(-3) };
    const { db, dispatch } = scene.staffing.spine;
    const bills = await Promise.all(
      Array.from({ length: 4 }, () =>
        transact({ db, dispatch }, tx => billWeek(tx, week, { requestId: randomUUID() })),
      ),
    );
    assert.deepEqual(bills.map(bill => bill.lines).sort(), [0, 0, 0, 5]);
    await scene.bill(scene.week(-3), 3);
    await scene.bill(scene.week(-3));
    const invoices = await scene.invoices(client);
    assert.deepEqual(
      invoices.map(invoice => invoice.totalCents),
      [100_000],
    );
    const { count } = await scene.staffing.db.one('select count(*) from core.invoices where subject = $1', [
      invoices[0]!.id,
    ]);
    assert.equal(count, 1);
  });

  it('bills what came late for a billed week with the next one', async () => {
    const client = await addClient();
    await scene.work(jo, scene.week(-8), { client });
    await scene.bill(scene.week(-8));
    const late = await scene.work(kim, addDays(scene.week(-8), 3), { client, hours: 2 });
    await scene.bill(scene.week(-8));
    assert.equal(await statusOf(late), 'CHECKED_OUT');
    await scene.bill(scene.week(-7));
    const invoices = await scene.invoices(client);
    assert.deepEqual(
      invoices.map(invoice => [invoice.weekStartsOn, invoice.totalCents]),
      [
        [scene.week(-8), 20_000],
        [scene.week(-7), 5_000],
      ],
    );
    assert.equal(await statusOf(late), 'COMPLETED');
    const { document } = await documentOf(invoices[1]!.id);
    assert.deepEqual(document.notes.length, 2);
  });

  it('bills a late line once when two weeks that could take it are billed at once', async () => {
    const { db, dispatch } = scene.staffing.spine;
    const client = await addClient();
    await scene.work(jo, scene.week(-20), { client });
    await scene.bill(scene.week(-20));
    for (let round = 0; round < 4; round += 1) {
      await scene.work(kim, addDays(scene.week(-20), 1 + round), { client });
      const bills = await Promise.all(
        [0, 1].map(week =>
          transact({ db, dispatch }, tx => {
            const weekStartsOn = scene.week(-19 + 2 * round + week);
            const of = { tenantId: scene.tenant.id, businessId: client.businessId, weekStartsOn };
            return billWeek(tx, of, { requestId: randomUUID() });
          }),
        ),
      );
      assert.deepEqual(bills.map(bill => bill.lines).sort(), [0, 1]);
    }
  });

  it('makes up weeks whose scan was missed, each with an invoice of its own', async () => {
    const client = await addClient();
    for (const weeks of [-13, -12, -10]) await scene.work(jo, addDays(scene.week(weeks), 4), { client });
    const { db, dispatch } = scene.staffing.spine;
    const last = { tenantId: scene.tenant.id, businessId: client.businessId, weekStartsOn: scene.week(-10) };
    const { lines } = await transact({ db, dispatch }, tx => billWeek(tx, last, { requestId: randomUUID() }));
    assert.equal(lines, 1, 'work of weeks that have no invoice yet went with a later one');
    await scene.bill(scene.week(-10));
    const weeks = (await scene.invoices(client)).map(invoice => invoice.weekStartsOn);
    assert.deepEqual(weeks, [-13, -12, -10].map(scene.week));
  });

  it('counts invoices by the tenant, not by its name, and bills no business of another one', async () => {
    const namesake = await scene.staffing.addTenant('Krew & Co');
    const client = await scene.staffing.addClient(namesake);
    const { db, dispatch } = scene.staffing.spine;
    const other = { tenantId: namesake.id, businessId: scene.client.businessId, weekStartsOn: scene.week() };
    const bill = (week: typeof other) =>
      transact({ db, dispatch }, tx => billWeek(tx, week, { requestId: randomUUID() }));
    await assert.rejects(bill(other), { code: 'not_found' });
    assert.deepEqual(await bill({ ...other, businessId: client.businessId }), {
      invoiceId: null,
      lines: 0,
      totalCents: 0,
    });
    const issuers = await scene.staffing.db.any(`select distinct issuer from core.invoices`);
    assert.deepEqual(issuers, [{ issuer: `workforce/tenant/${scene.tenant.id}` }]);
  });

  it('is fired once a week by however many tickers, for the week that has just ended', async () => {
    const schedule = schedules.filter(({ name }) => name === 'weekly-billing');
    const { spine, db } = scene.staffing;
    const slot = latestSlot(schedule[0]!.cron, new Date());
    assert.deepEqual([slot.getUTCDay(), slot.getUTCHours()], [1, 14]);
    const fired = await Promise.all([scheduleOnce(spine, schedule), scheduleOnce(spine, schedule)]);
    assert.deepEqual(fired.flat(), ['weekly-billing']);
    const weekStartsOn = addDays(utcDay(slot), -7);
    const jobs = await db.any("select payload from core.jobs where kind = 'billing-scan' and owner = 'system'");
    assert.deepEqual(jobs, [{ payload: { weekStartsOn } }]);
  });

  it('puts workers together by role, and roles together, where they are more than a document holds', () => {
    const party = { name: 'Business', billingEmail: null, tenantName: 'Tenant' };
    const written = (count: number, rateOf: (index: number) => number) => {
      const lines = Array.from({ length: count }, (_, index) => ({
        id: randomUUID(),
        assignmentId: randomUUID(),
        staffId: `staff-${index}`,
        fullName: `Worker ${index}`,
        category: 'Server',
        workDate: '2026-03-02',
        minutes: 60,
        rateCents: rateOf(index),
        amountCents: rateOf(index),
      }));
      const write = writeWeekDocument(party, { weekStartsOn: '2026-03-02', currency: 'USD', lines });
      const document = invoiceDocument.parse(write({ number: 'INV-1', issuedOn: '2026-03-09' }));
      assert.equal(
        document.grossCents,
        lines.reduce((sum, line) => sum + line.amountCents, 0),
      );
      return document.lines;
    };
    assert.equal(written(1_000, () => 100).length, 1_000);
    const byRole = written(1_001, index => 100 + (index % 2));
    assert.deepEqual(
      byRole.map(line => [line.description, line.detail]),
      [
        ['Server', '501.00 h at 1.00 USD, 501 shifts'],
        ['Server', '500.00 h at 1.01 USD, 500 shifts'],
      ],
    );
    assert.deepEqual(
      written(1_001, index => 100 + index).map(line => line.detail),
      ['1001.00 h, 1001 shifts'],
    );
  });
});
