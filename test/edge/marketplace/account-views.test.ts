import assert from 'node:assert/strict';
import { AccountViews, defaultBalance } from '../../../edge/marketplace/account-views.ts';

const account = { transfersActive: true, detailsSubmitted: true, payoutsEnabled: true, defaultCurrency: 'EUR' };

function countingStripe() {
  const asked: string[] = [];
  return {
    asked,
    fail: false,
    async retrieveAccount(accountId: string) {
      asked.push(accountId);
      if (this.fail) throw new Error('away');
      return { accountId, ...account };
    },
    async retrieveBalance() {
      return [
        { currency: 'USD', availableCents: 1, pendingCents: 2 },
        { currency: 'EUR', availableCents: 12_500, pendingCents: 3_200 },
      ];
    },
  };
}

const hear = async () => undefined;

describe('edge/marketplace/account-views', () => {
  it('asks once for readers who come together and for ten seconds after', async () => {
    const stripe = countingStripe();
    let now = 0;
    const views = new AccountViews(stripe, () => now);
    await Promise.all([views.read('a', hear), views.read('a', hear), views.read('b', hear)]);
    now = 9_999;
    await views.read('a', hear);
    assert.deepEqual(stripe.asked, ['a', 'b']);
    now = 10_000;
    await views.read('a', hear);
    assert.deepEqual(stripe.asked, ['a', 'b', 'a']);
  });

  it('tells of each answer once, and never of a kept one', async () => {
    const heard: string[] = [];
    const hearAs = (who: string) => async () => void heard.push(who);
    const views = new AccountViews(countingStripe(), () => 0);
    await Promise.all([views.read('a', hearAs('first')), views.read('a', hearAs('second'))]);
    await views.read('a', hearAs('third'));
    views.forget('a');
    await views.read('a', hearAs('fourth'));
    assert.deepEqual(heard, ['first', 'fourth']);
  });

  it('keeps no failure', async () => {
    const stripe = countingStripe();
    const views = new AccountViews(stripe, () => 0);
    stripe.fail = true;
    await assert.rejects(views.read('a', hear), /away/);
    stripe.fail = false;
    assert.equal((await views.read('a', hear)).account.accountId, 'a');
  });

  it('shows the balance in the default currency of the account, zeros if it holds none', async () => {
    const view = await new AccountViews(countingStripe()).read('a', hear);
    assert.deepEqual(defaultBalance(view), { available: 12_500, pending: 3_200 });
    assert.deepEqual(defaultBalance({ ...view, balances: [] }), { available: 0, pending: 0 });
  });
});
