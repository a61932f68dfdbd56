import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { insertPaidOrder } from '../support/paid-order.ts';
import { listTransferAttempts } from '../../db/marketplace/transfer-attempts.ts';
import { getTransfer } from '../../db/marketplace/transfers.ts';
import { loadSettlers } from '../../db/settlers.ts';
import { transact } from '../../db/transact.ts';
import { startStripeSandbox, type StripeSandbox } from '../../ops/sandbox/stripe/server.ts';
import { createStripePort } from '../../shared/ports/stripe.ts';
import { invoicePdf } from '../../shared/jobs/invoice-pdf.ts';
import { transfer } from '../../shared/jobs/transfer.ts';
import { transferReversal } from '../../shared/jobs/transfer-reversal.ts';
import { eventually } from '../support/eventually.ts';
import { sharedBrokers, describeFlow } from '../support/flow-broker.ts';
import { System } from '../support/system.ts';

describeFlow(sharedBrokers, 'a worker killed between the payment and its record', function (broker) {
  this.timeout(120_000);
  let system: System;
  let sandbox: StripeSandbox;

  before(async () => {
    sandbox = await startStripeSandbox({ startingBalanceCents: { EUR: 100_000 } });
    system = await System.open({
      broker,
      kinds: [transfer, transferReversal, invoicePdf],
      settlers: loadSettlers({ transferRetryEnabled: true }),
      env: {
        STRIPE_SECRET_KEY: sandbox.apiKey,
        STRIPE_API_BASE: sandbox.url,
        // Not called here, but a worker refuses to start without them.
        HYPERSWITCH_API_KEY: 'none',
        HYPERSWITCH_API_BASE: 'http://127.0.0.1:1',
        HYPERSWITCH_WEBHOOK_SECRET: 'a secret of thirty-two characters',
        SMTP_URL: 'smtp://127.0.0.1:1',
        FIREBASE_PROJECT_ID: 'none',
        CLERK_ISSUER: 'http://127.0.0.1:1',
        FIREBASE_API_KEY: 'none',
      },
    });
    await system.startTicker();
  });
  after(async () => {
    await system.close();
    await sandbox.stop();
  });

  it('pays the transfer once', async () => {
    const sellerId = await addSeller();
    sandbox.arm({ on: 'transfers.create', fault: 'timeout_after' });
    const first = await system.startProcess('workers/main.ts');
    const order = {
      buyerId: sellerId,
      currency: 'EUR',
      lines: [{ sellerId, title: 'A track', quantity: 1, grossCents: 2_999 }],
      feeRate: 0.1,
    };
    const { transfers } = await transact({ db: system.spine.db, dispatch: system.spine.dispatch }, tx =>
      insertPaidOrder(tx, order, { requestId: randomUUID(), retryEnabled: true }),
    );
    const [{ id, jobId } = { id: '', jobId: null }] = transfers;
    assert.ok(jobId !== null);
    await eventually(() => assert.equal(sandbox.state().transfers.length, 1));
    assert.equal((await getTransfer(system.db, id))?.call, 'unanswered');

    await first.end('SIGKILL');
    await system.startProcess('workers/main.ts');

    await system.reaches(jobId, 'succeeded');
    const row = await getTransfer(system.db, id);
    const paid = sandbox.state().transfers;
    assert.deepEqual([row?.status, row?.providerTransferId], ['completed', paid[0]?.id]);
    assert.equal(paid.length, 1);
    const lines = await listTransferAttempts(system.db, id);
    assert.deepEqual(
      lines.map(line => line.event),
      ['sent', 'no_answer', 'sent', 'completed'],
    );
    assert.deepEqual([...new Set(lines.map(line => line.providerKey))], [`tr_${id}_1`]);
    const [lost] = await system.attempts(jobId);
    assert.deepEqual([lost?.outcome, lost?.fault?.code], ['rescued', 'worker_lost']);
  });

  /** A user with an account that may receive money. */
  async function addSeller(): Promise<string> {
    const stripe = createStripePort({ secretKey: sandbox.apiKey, apiBase: sandbox.url, timeoutMs: 2_000 });
    const id = randomUUID();
    await system.db.none(
      "insert into marketplace.users (id, username, email, password_hash) values ($1, 'seller', 's@example.com', 'none')",
      [id],
    );
    const { accountId } = await stripe.createAccount({ email: 's@example.com', metadata: {}, key: `account_${id}` });
    const back = 'http://127.0.0.1/back';
    const { url } = await stripe.createAccountLink({ accountId, returnUrl: back, refreshUrl: back });
    await fetch(url, { redirect: 'manual' });
    await system.db.none(
      `insert into marketplace.sellers (user_id, stripe_account_id, default_currency, details_submitted, transfers_active, onboarded_at)
      values ($1, $2, 'EUR', true, true, now())`,
      [id, accountId],
    );
    return id;
  }
});
