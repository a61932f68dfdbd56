import { connect } from 'amqplib';
import { exchange } from '../../../shared/broker/rabbitmq-topology.ts';
import { encodeNudge } from '../../../shared/message.ts';
import type { FaultDeps, FaultKind } from '../fault-kind.ts';

const messages = 300;

/** Old nudges come again, in any order: of jobs that have ended, that run, that wait; for attempts that were and that never will be. */
async function replay({ system: { db, broker }, random, wait }: FaultDeps): Promise<void> {
  const jobs = await db.any<{ id: string; kind: string; attempt: number }>(
    'select id, kind, attempt from core.jobs order by id desc limit 2000',
  );
  if (jobs.length === 0) return;
  const connection = await connect(broker.urls[0], { timeout: 5_000 });
  connection.on('error', () => {});
  try {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    for (let sent = 0; sent < messages; sent += 1) {
      const { kind } = random.pick(jobs);
      const ofKind = jobs.filter(job => job.kind === kind);
      const refs = Array.from({ length: random.int(1, 10) }, () => {
        const { id, attempt } = random.pick(ofKind);
        return { id, attempt: Math.max(0, attempt + random.int(-1, 1)) };
      });
      const isolate = random.next() < 0.1;
      channel.publish(exchange, kind, encodeNudge({ kind, jobs: isolate ? refs.slice(0, 1) : refs, isolate }));
      if (sent % 50 === 0) await wait(random.int(0, 200));
    }
    await channel.waitForConfirms();
  } finally {
    await connection.close();
  }
}

export const messageFaults: readonly FaultKind[] = [{ name: 'messages-replayed', run: replay }];
