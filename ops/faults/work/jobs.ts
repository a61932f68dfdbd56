import { randomUUID } from 'node:crypto';
import type { Work, WorkDeps } from '../work.ts';

const batchJobs = 10;

async function post({ client, ledger, people, n }: WorkDeps, kind: string, key = randomUUID()): Promise<void> {
  const answer = await client.call('POST', `/jobs/${kind}`, { token: people.serviceKey, body: { n }, key });
  ledger.accept(kind, key, answer.body.id);
}

/** One that somebody else has had an answer to, as if that had been lost. */
async function repeat(deps: WorkDeps): Promise<void> {
  const { client, ledger, people, random } = deps;
  const known = ledger.accepted('repeated');
  if (known.length === 0 || random.next() < 0.5) {
    const key = randomUUID();
    const answer = await client.call('POST', '/jobs/noop', { token: people.serviceKey, body: { key }, key });
    return ledger.accept('repeated', key, answer.body.id);
  }
  const { key } = random.pick(known.slice(-50));
  const answer = await client.call('POST', '/jobs/noop', { token: people.serviceKey, body: { key }, key });
  ledger.accept('repeated', key, answer.body.id);
}

async function postBatch({ client, ledger, people, n }: WorkDeps): Promise<void> {
  const key = randomUUID();
  const items = Array.from({ length: batchJobs }, (_, at) => ({ payload: { n, at } }));
  const call = { token: people.serviceKey, body: { items }, key };
  const answer = await client.call('POST', '/jobs/noop/batch', call);
  answer.body.jobs.forEach((job: { id: string }, at: number) => ledger.accept('batch', `${key}#${at}`, job.id));
}

export const jobWork: readonly Work[] = [
  { name: 'noop', share: 450, run: deps => post(deps, 'noop') },
  { name: 'noop-local', share: 300, run: deps => post(deps, 'noop-local') },
  { name: `batch of ${batchJobs}`, share: 30, run: postBatch },
  { name: 'key sent again', share: 100, run: repeat },
];
