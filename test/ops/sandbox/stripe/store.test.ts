import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStripeSandbox } from '../../../../ops/sandbox/stripe/server.ts';
import { clientOf, failureOf, newKey, onboardSeller, transferTo } from './seller.ts';

describe('ops/sandbox/stripe: what outlives the process', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps money and stored answers, a 500 too, over a restart', async () => {
    const options = { file: join(folder, 'stripe.log'), apiKey: 'sk_test_kept', startingBalanceCents: { EUR: 10_000 } };
    const before = await startStripeSandbox(options);
    const seller = await onboardSeller(clientOf(before));
    const [good, bad] = [newKey(), newKey()];
    const { id } = await clientOf(before).transfers.create(transferTo(seller), good);
    before.arm({ on: 'transfers.create', fault: 'server_error_after' });
    await failureOf(clientOf(before).transfers.create(transferTo(seller), bad));
    const { balances, transfers } = before.state();
    await before.stop();

    const after = await startStripeSandbox(options);
    try {
      assert.deepEqual(after.state().balances, balances);
      assert.deepEqual(after.state().transfers, transfers);
      assert.equal((await clientOf(after).transfers.create(transferTo(seller), good)).id, id);
      assert.equal((await failureOf(clientOf(after).transfers.create(transferTo(seller), bad))).statusCode, 500);
      assert.equal(after.state().transfers.length, 2);
    } finally {
      await after.stop();
    }
  });

  it('has written the money and its answer before it answers, as one line', async () => {
    const file = join(folder, 'stripe.log');
    const sandbox = await startStripeSandbox({ file, apiKey: 'sk_test_kept', startingBalanceCents: { EUR: 10_000 } });
    const key = newKey();
    const seller = await onboardSeller(clientOf(sandbox));
    const { id } = await clientOf(sandbox).transfers.create(transferTo(seller), key);
    // What a process killed at this moment leaves behind.
    const left = join(folder, 'left.log');
    copyFileSync(file, left);
    await sandbox.stop();
    const last = readFileSync(left, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    assert.match(last, new RegExp(`${id}.*${key.idempotencyKey}`));

    // Half a line is a request that was never answered: it never happened.
    const torn = join(folder, 'torn.log');
    writeFileSync(torn, readFileSync(left, 'utf8').slice(0, -20));
    for (const [path, count] of [
      [left, 1],
      [torn, 0],
    ] as const) {
      const again = await startStripeSandbox({ file: path, apiKey: 'sk_test_kept' });
      assert.equal(again.state().transfers.length, count);
      assert.ok(again.state().books.every(book => book.balanced));
      await again.stop();
    }
    assert.equal(statSync(torn).mode & 0o777, 0o600);
  });
});
