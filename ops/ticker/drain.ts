import { isolateDeadJobs } from '../../db/core/relay.ts';
import { endUnclaimed } from '../../db/record.ts';
import type { Spine } from '../../db/spine.ts';
import { transact } from '../../db/transact.ts';
import type { DeadLetter } from '../../shared/broker/broker.ts';
import { decodeNudge } from '../../shared/message.ts';

export type DrainDeps = Pick<Spine, 'spineDb' | 'broker' | 'dispatch' | 'settlers' | 'log' | 'metrics'>;

const drainBatch = 200;
/** Dead-lettered this often while it travelled alone, a job is given up. */
const deadLettersToFail = 2;

/**
 * Empties the dead letters. A dead nudge never fails a job: the broker counts messages that were merely prefetched by a
 * worker that restarted. Its jobs go back to pending, to travel alone; one that dies twice like that fails.
 */
export async function drainOnce(deps: DrainDeps): Promise<boolean> {
  if (deps.broker.state !== 'up') return false;
  return (await deps.broker.drainDead(drainBatch, letter => takeLetter(deps, letter))) === drainBatch;
}

async function takeLetter(deps: DrainDeps, letter: DeadLetter): Promise<void> {
  const { kind, reason } = letter;
  deps.metrics.deadLetters.inc({ kind });
  const nudge = decodeNudge(kind, letter.body);
  if (!nudge) {
    deps.log.error(
      { kind, reason, bytes: letter.body.length },
      'a dead letter that is not one of ours was thrown away',
    );
    return;
  }
  deps.log.warn({ kind, reason, jobs: nudge.jobs.length }, 'a nudge was dead-lettered; its jobs go on alone');
  const ids = nudge.jobs.map(job => job.id).sort();
  await transact({ db: deps.spineDb, dispatch: deps.dispatch }, async tx => {
    for (const { id, deadLetters } of await isolateDeadJobs(tx, ids)) {
      if (deadLetters < deadLettersToFail) continue;
      const fault = {
        code: 'dead_lettered',
        message: 'The broker gave this job up repeatedly, and no worker could take it.',
        cause: reason,
      };
      await endUnclaimed(tx, deps.settlers, id, 'failed', fault);
    }
  });
}
