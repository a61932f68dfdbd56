import type { Connection } from '../../db/connect.ts';
import { readBacklog } from '../../db/core/jobs.ts';
import { listQueueSettings, setQueue, type QueueSetting } from '../../db/core/queues.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import type { Broker } from '../../shared/broker/broker.ts';
import type { Catalog } from '../../shared/catalog.ts';
import { Fault } from '../../shared/fault.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** One kind: what its rows say beside what the broker says. */
export interface QueueView {
  kind: string;
  paused: boolean;
  /** Jobs that one worker process runs at once, as an operator has set it or by its spec. */
  concurrency: number;
  concurrencySet: boolean;
  /** Rows that wait to be claimed and are due, and the age of the oldest. */
  waiting: number;
  oldestS: number;
  /** Messages and consumers at the broker; null if it wasn't asked or doesn't answer. */
  ready: number | null;
  consumers: number | null;
}

/** Counting stops here: a backlog this large needs no exact figure. */
export const maxCountedRows = 100_000;

/** Every kind. `capped`: more rows wait than were counted, so the figures are lower bounds. */
export async function listQueues(deps: {
  db: Connection;
  catalog: Catalog;
  broker: Broker | null;
}): Promise<{ queues: QueueView[]; capped: boolean }> {
  const [settings, backlog, depths] = await Promise.all([
    listQueueSettings(deps.db),
    readBacklog(deps.db, maxCountedRows),
    deps.broker?.depth([...deps.catalog.keys()]).catch(() => null),
  ]);
  const setFor = new Map(settings.map(setting => [setting.kind, setting]));
  const waitingFor = new Map(backlog.map(entry => [entry.kind, entry]));
  const queues = [...deps.catalog.values()].map(spec => {
    const setting = setFor.get(spec.kind);
    const depth = depths?.get(spec.kind);
    return {
      kind: spec.kind,
      paused: setting?.paused ?? false,
      concurrency: setting?.concurrency ?? spec.concurrency,
      concurrencySet: setting?.concurrency != null,
      waiting: waitingFor.get(spec.kind)?.waiting ?? 0,
      oldestS: waitingFor.get(spec.kind)?.oldestS ?? 0,
      ready: depth?.ready ?? null,
      consumers: depth?.consumers ?? null,
    };
  });
  return { queues, capped: backlog.reduce((sum, entry) => sum + entry.waiting, 0) >= maxCountedRows };
}

export interface QueueDeps extends TransactDeps {
  catalog: Catalog;
}

/** Workers stop taking jobs of the kind with their next heartbeat; what runs runs on. Throws `Fault('not_found')`. */
export function pauseQueue(deps: QueueDeps, { kind }: { kind: string }, operator: Operator): Promise<QueueSetting> {
  return changeQueue(deps, kind, { paused: true }, 'queue.pause', operator);
}

export function resumeQueue(deps: QueueDeps, { kind }: { kind: string }, operator: Operator): Promise<QueueSetting> {
  return changeQueue(deps, kind, { paused: false }, 'queue.resume', operator);
}

/** Jobs of the kind that each worker process runs at once, from 1 to 1,000. */
export function setConcurrency(
  deps: QueueDeps,
  { kind, concurrency }: { kind: string; concurrency: number },
  operator: Operator,
): Promise<QueueSetting> {
  return changeQueue(deps, kind, { concurrency }, 'queue.concurrency', operator);
}

function changeQueue(
  deps: QueueDeps,
  kind: string,
  change: { paused?: boolean; concurrency?: number },
  action: string,
  operator: Operator,
): Promise<QueueSetting> {
  if (!deps.catalog.has(kind)) throw new Fault('not_found', `There is no kind "${kind}".`);
  return transact(deps, async tx => {
    const setting = await setQueue(tx, kind, change);
    await leaveTrace(tx, operator, { action, subject: kind, details: change });
    return setting;
  });
}
