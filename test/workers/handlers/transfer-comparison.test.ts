import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { insertJob } from '../../../db/insert-job.ts';
import { listOpenAlerts } from '../../../db/core/alerts.ts';
import { transferComparison } from '../../../shared/jobs/transfer-comparison.ts';
import { openTransferScene, type TransferScene } from '../../support/transfer-scene.ts';

describe('workers/handlers/transfer-comparison', function () {
  this.timeout(60_000);
  let scene: TransferScene;
  let seller: string;
  beforeEach(async () => {
    scene = await openTransferScene();
    seller = await scene.addSeller();
  });
  afterEach(() => scene.stop());

  const hourMs = 3_600_000;
  const compare = async (fromMs = -hourMs, toMs = hourMs) => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const window = { from: at(fromMs), to: at(toMs) };
    const order = { owner: 'system', requestId: randomUUID() };
    const { id } = await scene.transact(tx => insertJob(tx, transferComparison, window, order));
    const job = await scene.run(id);
    assert.equal(job.state, 'succeeded', JSON.stringify(job.fault));
    return job.result;
  };
  const pay = async () => {
    const { id, jobId } = await scene.pay(seller);
    await scene.run(String(jobId));
    return scene.transfer(id);
  };
  const differences = async () =>
    (await listOpenAlerts(scene.db)).map(alert => [alert.kind, alert.subject, alert.details['differs']]);

  it('finds nothing where both sides agree, page after page', async () => {
    for (let count = 0; count < 103; count += 1) await pay();
    assert.deepEqual(await compare(), { compared: 103, differences: 0 });
    assert.deepEqual(await differences(), []);
  });

  it('raises what the provider has and we do not', async () => {
    const account = (await pay()).destination as string;
    const { providerTransferId } = await scene.stripe.createTransfer({
      key: 'a stranger',
      amountCents: 5,
      currency: 'EUR',
      destination: account,
      transferGroup: 'none',
      metadata: {},
    });
    assert.deepEqual(await compare(), { compared: 2, differences: 1 });
    assert.deepEqual(await differences(), [['transfer_difference', providerTransferId, ['missing here']]]);
  });

  it('raises what we have and the provider does not', async () => {
    const row = await pay();
    await scene.db.none(`update marketplace.transfers set provider_transfer_id = 'tr_nowhere' where id = $1`, [row.id]);
    await compare();
    const found = await differences();
    assert.deepEqual(
      found.toSorted((a, b) => String(a[2]).localeCompare(String(b[2]))),
      [
        ['transfer_difference', 'tr_nowhere', ['missing at the provider']],
        ['transfer_difference', row.providerTransferId, ['missing here']],
      ],
    );
  });

  it('raises a difference of one cent, of currency, of destination and of what was reversed', async () => {
    const row = await pay();
    await scene.db.none(
      `update marketplace.transfers set amount_cents = amount_cents + 1, currency = 'USD', destination = 'acct_other' where id = $1`,
      [row.id],
    );
    const { providerTransferId } = row;
    assert.ok(providerTransferId !== null);
    await scene.stripe.createReversal({ key: 'by hand', providerTransferId, amountCents: 1, metadata: {} });
    assert.deepEqual(await compare(), { compared: 1, differences: 1 });
    const differs = ['amount', 'currency', 'destination', 'reversed amount'];
    assert.deepEqual(await differences(), [['transfer_difference', providerTransferId, differs]]);
  });

  it('asks for what was recorded in the window and made before it', async () => {
    const row = await pay();
    await scene.db.none(`update marketplace.transfers set completed_at = now() + interval '3 hours' where id = $1`, [
      row.id,
    ]);
    assert.deepEqual(await compare(2 * hourMs, 4 * hourMs), { compared: 1, differences: 0 });
  });

  it('leaves alone what a live job is about to record', async () => {
    const { id, jobId } = await scene.pay(seller);
    await scene.runAndDie(String(jobId));
    assert.deepEqual(await compare(), { compared: 1, differences: 0 });
    await scene.run(String(jobId));
    assert.equal((await scene.transfer(id)).status, 'completed');
    assert.deepEqual(await compare(), { compared: 1, differences: 0 });
  });
});
