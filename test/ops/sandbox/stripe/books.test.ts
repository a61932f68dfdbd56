import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import StripeSdk from 'stripe';
import { type StripeSandbox, startStripeSandbox } from '../../../../ops/sandbox/stripe/server.ts';
import { clientOf, onboardSeller, transferTo } from './seller.ts';

describe('ops/sandbox/stripe: the books', () => {
  let sandbox: StripeSandbox;
  let stripe: StripeSdk;
  let seller: string;

  before(async () => {
    sandbox = await startStripeSandbox({ startingBalanceCents: { EUR: 1_000_000 } });
    stripe = clientOf(sandbox);
    seller = await onboardSeller(stripe);
  });
  after(() => sandbox.stop());

  it('balance over whatever an operator supplies or takes out', async () => {
    for (const availableCents of [5_000_000, 10, 2_000_000]) {
      const body = JSON.stringify({ currency: 'EUR', available_cents: availableCents, pending_cents: 7 });
      assert.equal((await fetch(`${sandbox.url}/_sandbox/balance`, { method: 'POST', body })).status, 200);
      assert.deepEqual(sandbox.state().books, [
        {
          currency: 'eur',
          suppliedCents: availableCents,
          platformCents: availableCents,
          connectedCents: 0,
          transferredCents: 0,
          reversedCents: 0,
          balanced: true,
        },
      ]);
    }
  });

  it('never move money twice, whatever is resent at once, dropped or failed', async function () {
    this.timeout(60_000);
    const fault = fc.constantFrom('rate_limit', 'server_error_after', 'drop_before', 'drop_after', 'slow');
    const intent = fc.record({
      amount: fc.integer({ min: 1, max: 500 }),
      reverses: fc.option(fc.integer({ min: 1, max: 600 }), { nil: null }),
      sends: fc.integer({ min: 1, max: 4 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(intent, { minLength: 1, maxLength: 8 }),
        fc.array(fault, { maxLength: 6 }),
        async (intents, armed) => {
          run += 1;
          for (const name of armed) sandbox.arm({ on: '*', fault: name, delayMs: 3 });
          const prefix = `run${run}`;
          await Promise.all(
            intents.map(async ({ amount, reverses, sends }, index) => {
              const params = { ...transferTo(seller, amount), transfer_group: `${prefix}-${index}` };
              const idempotencyKey = `${prefix}-${index}`;
              const told = await sendAll(sends, () => stripe.transfers.create(params, { idempotencyKey }));
              const transfer = sandbox.state().transfers.find(row => row.transfer_group === params.transfer_group);
              assert.ok(told.every(({ id }) => id === transfer?.id));
              if (transfer === undefined || reverses === null) return;
              const key = { idempotencyKey: `${idempotencyKey}-r` };
              await sendAll(sends, () => stripe.transfers.createReversal(transfer.id, { amount: reverses }, key));
            }),
          );
          sandbox.clear();
          const { transfers, reversals, books } = sandbox.state();
          assert.ok(books.every(book => book.balanced));
          intents.forEach(({ amount, reverses }, index) => {
            const made = transfers.filter(row => row.transfer_group === `${prefix}-${index}`);
            assert.ok(made.length <= 1);
            assert.ok(made.every(row => row.amount === amount && row.amount_reversed <= amount));
            const taken = reversals.filter(row => row.transfer === made[0]?.id);
            assert.ok(taken.length <= 1);
            assert.ok(taken.every(row => row.amount === reverses));
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** The same request at once and again, whatever the answers say: `sends` in parallel, then once more. Resolves to what succeeded. */
async function sendAll(sends: number, send: () => Promise<{ id: string }>): Promise<{ id: string }[]> {
  const tolerant = async (): Promise<{ id: string }[]> => {
    try {
      return [await send()];
    } catch (error) {
      if (error instanceof StripeSdk.errors.StripeError) return [];
      throw error;
    }
  };
  const first = await Promise.all(Array.from({ length: sends }, tolerant));
  return [...first.flat(), ...(await tolerant())];
}
