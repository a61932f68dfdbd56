import type { DueJob } from '../shared/message.ts';
import type { Database, Transaction } from './connect.ts';

/** Where committed jobs go to be published. `send` never waits and never throws: what it can't deliver, the relay does. */
export interface Outlet {
  send(jobs: readonly DueJob[]): void;
}

export interface TransactDeps {
  db: Database | Transaction;
  dispatch: Outlet;
}

/** Rides on a transaction's context and collects what is to be published once it has committed. */
class AfterCommit {
  readonly jobs: DueJob[] = [];
}

/**
 * Runs `work` in a transaction and publishes the jobs inserted in it once it has committed. Inside another such
 * transaction it is a savepoint, and the outer commit publishes.
 */
export async function transact<T>(deps: TransactDeps, work: (tx: Transaction) => Promise<T>): Promise<T> {
  if ('ctx' in deps.db && afterCommitOf(deps.db)) return deps.db.tx(work);
  const after = new AfterCommit();
  const answer = await deps.db.tx({ tag: after }, work);
  if (after.jobs.length > 0) deps.dispatch.send(after.jobs);
  return answer;
}

/** Registers a job to be published when the transaction around `tx` commits. */
export function nudgeAfterCommit(tx: Transaction, job: DueJob): void {
  const after = afterCommitOf(tx);
  if (!after) throw new Error('jobs are inserted inside transact(): nobody would publish this one');
  after.jobs.push(job);
}

interface TaskContext {
  tag?: unknown;
  parent?: TaskContext | null;
}

function afterCommitOf(tx: Transaction): AfterCommit | undefined {
  for (let context: TaskContext | null | undefined = tx.ctx; context; context = context.parent) {
    if (context.tag instanceof AfterCommit) return context.tag;
  }
  return undefined;
}
