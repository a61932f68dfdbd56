import { euros, type Scene } from './scene.ts';
import { must, until, type Steps } from './steps.ts';

/** More than the demo pays out. */
const richCents = 500_000;

/** A transfer is refused for want of money, and completes by manual retry once it is there. */
export async function showTransfers(steps: Steps, scene: Scene): Promise<void> {
  await steps.run("the seller's balance and transfers", async () => {
    const balance = await scene.balance();
    must(balance.connected, 'the seller must be connected', balance);
    const { transfers, total } = await until(
      'no transfer must be pending',
      () => scene.transfers(),
      list => list.transfers.every(row => row.status !== 'pending'),
    );
    return `${euros(balance.available)} available, ${total} transfers (${transfers.map(row => row.status).join(', ')})`;
  });
  const before = await scene.platformCents();
  try {
    const sellerCents = await scene.sellerCents();
    await showRefused(steps, scene);
    await steps.run("the seller's balance has risen by it", () => scene.untilBalance(sellerCents + 3_510));
  } finally {
    await scene.setPlatformCents(Math.max(before, richCents));
  }
}

async function showRefused(steps: Steps, scene: Scene): Promise<void> {
  await steps.run("the platform's balance is drained", () => scene.setPlatformCents(0));
  const transferId = await steps.run('an order of €39.00 is paid, its transfer is refused and failed', async () => {
    const { orderId } = await scene.placeOrder(3_900);
    const failed = await scene.untilTransfer(orderId, 'failed');
    must(
      failed.attempts.some(({ event }) => event === 'refused'),
      'a refusal must be on record',
      failed.attempts,
    );
    return failed.id;
  });
  await steps.run("the platform's balance is topped up", () => scene.setPlatformCents(richCents));
  await steps.run('the administrator retries it, and it completes', async () => {
    const retried = await scene.retry(transferId);
    must(retried.status === 'completed' && retried.retry_count === 1, 'one retry must complete it', retried);
    return eventsOf(await scene.transfer(transferId));
  });
}

function eventsOf({ attempts }: { attempts: readonly { event: string; fault_code: string | null }[] }): string {
  return attempts.map(({ event, fault_code: fault }) => (fault === null ? event : `${event} (${fault})`)).join(', ');
}
