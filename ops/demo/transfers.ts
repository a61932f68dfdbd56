import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { callApi } from '../demo-data/api.ts';
import type { DemoFile } from '../demo-data/demo-file.ts';
import { signIn } from '../demo-data/people.ts';
import { euros, Scene } from './scene.ts';
import { must, until, type Steps } from './steps.ts';

const jobSchema = z.object({ id: z.uuid(), status: z.string(), result: z.unknown() });
/** More than the demo pays out. */
const richCents = 500_000;

/** A job, from its request to its result. */
export async function showNoop(steps: Steps, { edge, serviceKey }: DemoFile): Promise<void> {
  await steps.run('a posted noop job answers its payload', async () => {
    const body = { hello: 'millrace' };
    const headers = { prefer: 'wait=10', 'idempotency-key': randomUUID() };
    const { status, data } = await callApi('POST', `${edge}/jobs/noop`, { token: serviceKey, body, headers });
    const job = jobSchema.parse(data);
    must(status === 200 && job.status === 'succeeded', 'the job must have succeeded', job);
    must(JSON.stringify(job.result) === JSON.stringify(body), 'its result must be its payload', job.result);
    const again = await callApi('POST', `${edge}/jobs/noop`, { token: serviceKey, body, headers });
    must(jobSchema.parse(again.data).id === job.id, 'a repeated key must answer the same job', again.data);
    return job.id;
  });
}

/** A seller is paid; then a transfer is refused for want of money, and completes by manual retry once it is there. */
export async function showTransfers(steps: Steps, demo: DemoFile, dataDir: string): Promise<void> {
  const scene = await steps.run('admin, seller and buyer sign in', async () => {
    const { admin, seller, buyer } = demo.marketplace;
    if (demo.stripe === undefined) throw new Error('The demo needs the sandbox: demo.json names none.');
    const [a, s, b] = await Promise.all([admin, seller, buyer].map(login => signIn(demo.edge, login)));
    return new Scene(demo.edge, demo.stripe, dataDir, { admin: a!, seller: s!, buyer: b! });
  });
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
    await scene.setPlatformCents(richCents);
    const sellerCents = await scene.sellerCents();
    await showCompleted(steps, scene);
    await showRefused(steps, scene);
    const paidCents = 2_699 + 4_410;
    await steps.run("the seller's balance has risen by both", () => scene.untilBalance(sellerCents + paidCents));
  } finally {
    await scene.setPlatformCents(Math.max(before, richCents));
  }
}

async function showCompleted(steps: Steps, scene: Scene): Promise<void> {
  await steps.run('an order of €29.99 is paid and its transfer completes', async () => {
    const { transferId } = await scene.order(2_999);
    const done = await scene.untilStatus(transferId, 'completed');
    must(done.amount_cents === 2_699 && done.platform_fee_cents === 300, 'it must be 2699 + 300 cents', done);
    return `€26.99 to the seller, €3.00 fee; ${eventsOf(done)}`;
  });
}

async function showRefused(steps: Steps, scene: Scene): Promise<void> {
  await steps.run("the platform's balance is drained", () => scene.setPlatformCents(0));
  const transferId = await steps.run('an order of €49.00 is paid, its transfer is refused and failed', async () => {
    const order = await scene.order(4_900);
    const failed = await scene.untilStatus(order.transferId, 'failed');
    must(
      failed.attempts.some(({ event }) => event === 'refused'),
      'a refusal must be on record',
      failed.attempts,
    );
    return order.transferId;
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
