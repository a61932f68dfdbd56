import assert from 'node:assert/strict';
import { compareFunds, readFunds } from '../../../ops/console/platform-funds.ts';
import { type Outside, startOutside } from '../../support/outside.ts';

describe('the platform’s funds', function () {
  this.timeout(30_000);
  let outside: Outside;

  beforeEach(async () => {
    outside = await startOutside({ startingBalanceCents: { EUR: 5_000 } });
  });
  afterEach(() => outside?.stop());

  const balanceReads = () =>
    outside.stripe.state().requests.filter(request => request.path.startsWith('/v1/balance')).length;

  it('are asked of Stripe once for all who look', async () => {
    const [one, other] = await Promise.all([readFunds(outside.ports.stripe), readFunds(outside.ports.stripe)]);
    assert.deepEqual(one, { balances: [{ currency: 'EUR', availableCents: 5_000, pendingCents: 0 }] });
    assert.deepEqual(await readFunds(outside.ports.stripe), one);
    assert.equal(other, one);
    assert.equal(balanceReads(), 1);
  });

  it('are a problem that is told, and asked for no oftener, while Stripe is away', async () => {
    outside.stripe.arm({ on: 'balance.retrieve', fault: 'drop_before', times: 5 });
    const funds = await readFunds(outside.ports.stripe);
    assert.ok('problem' in funds && funds.problem.length > 0);
    assert.equal(await readFunds(outside.ports.stripe), funds);
  });

  it('are enough or not for each currency by itself, and reversals do not count as owed', () => {
    const sums = [
      { status: 'failed', currency: 'EUR', transfers: 1, amountCents: 2_000 },
      { status: 'permanently_failed', currency: 'EUR', transfers: 2, amountCents: 3_001 },
      { status: 'reversal_failed', currency: 'EUR', transfers: 1, amountCents: 700 },
      { status: 'failed', currency: 'JPY', transfers: 1, amountCents: 900 },
    ] as const;
    const balances = [{ currency: 'EUR', availableCents: 5_000, pendingCents: 10 }];
    const [eur, jpy] = compareFunds(sums, { balances });
    assert.deepEqual(eur, {
      currency: 'EUR',
      failedCents: 2_000,
      permanentlyFailedCents: 3_001,
      reversalFailedCents: 700,
      owedCents: 5_001,
      availableCents: 5_000,
      pendingCents: 10,
    });
    assert.deepEqual(
      [jpy?.owedCents, jpy?.availableCents],
      [900, 0],
      'a currency that Stripe does not name holds none',
    );
    assert.equal(compareFunds(sums, { problem: 'away' })[0]?.availableCents, null);
  });
});
