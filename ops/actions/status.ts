import type { Connection } from '../../db/connect.ts';
import { listOpenAlerts, type AlertRow } from '../../db/core/alerts.ts';
import { readBacklog, readRelayLagS } from '../../db/core/jobs.ts';
import { listSchedules } from '../../db/core/schedules.ts';
import { listWorkers, type WorkerRow } from '../../db/core/workers.ts';
import type { Broker } from '../../shared/broker/broker.ts';
import { freshQueues } from '../snapshots/fresh-queues.ts';
import type { LoopSnapshot, QueuesSnapshot } from '../snapshots/queues.ts';
import { nextSlot, schedules as allSchedules, type Schedule } from '../ticker/schedules.ts';
import { maxCountedRows } from './queues.ts';

export interface Status {
  /** As it answers this process, or else as the leader sees it; null if neither knows. */
  broker: { name: string; problem: string | null } | null;
  workers: WorkerRow[];
  /** Rows that wait to be claimed, and the age of the oldest. */
  waiting: number;
  oldestS: number;
  /** More rows wait than were counted: a lower bound. */
  capped: boolean;
  /** Since when the oldest due row has been due without being published. */
  relayLagS: number;
  openAlerts: number;
  /** The ticker that leads, and its loops; null and none when nobody has led lately. */
  leader: QueuesSnapshot['leader'] | null;
  loops: LoopSnapshot[];
  /** How old the leader's figures are; null: nobody leads, and they were counted now. */
  ageS: number | null;
}

/** How the system stands. `broker` is null if there is none to ask from this process. */
export async function readStatus({ db, broker }: { db: Connection; broker: Broker | null }): Promise<Status> {
  const [problem, workers, seen] = await Promise.all([
    broker?.check().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
    listWorkers(db),
    freshQueues(db),
  ]);
  return {
    broker: broker ? { name: broker.name, problem: problem ?? null } : (seen?.body.broker ?? null),
    workers: workers.filter(worker => worker.alive),
    ...(seen ? figuresOf(seen.body) : await countFigures(db)),
    leader: seen?.body.leader ?? null,
    loops: seen?.body.loops ?? [],
    ageS: seen?.ageS ?? null,
  };
}

type Figures = Pick<Status, 'waiting' | 'oldestS' | 'capped' | 'relayLagS' | 'openAlerts'>;

function figuresOf({ kinds, capped, relayLagS, openAlerts }: QueuesSnapshot): Figures {
  const waiting = kinds.reduce((sum, kind) => sum + kind.ready, 0);
  return { waiting, oldestS: Math.max(0, ...kinds.map(kind => kind.oldestS)), capped, relayLagS, openAlerts };
}

async function countFigures(db: Connection): Promise<Figures> {
  const [backlog, relayLagS, alerts] = await Promise.all([
    readBacklog(db, maxCountedRows),
    readRelayLagS(db),
    listOpenAlerts(db),
  ]);
  const waiting = backlog.reduce((sum, entry) => sum + entry.waiting, 0);
  const oldestS = Math.max(0, ...backlog.map(entry => entry.oldestS));
  return { waiting, oldestS, capped: waiting >= maxCountedRows, relayLagS, openAlerts: alerts.length };
}

/** What a person must look at, as far as nobody has. */
export function readAlerts(deps: { db: Connection }): Promise<AlertRow[]> {
  return listOpenAlerts(deps.db);
}

export interface ScheduleView {
  name: string;
  /** Five fields, in UTC. */
  cron: string;
  /** Null: never fired. */
  lastSlot: Date | null;
  nextSlot: Date;
  /** The next one and those after it, three in all. */
  nextSlots: Date[];
  paused: boolean;
  /** The kinds of the jobs that it makes. */
  makes: { kind: string; summary: string }[];
}

/** Every schedule with its last and next slots. */
export async function readSchedules(
  deps: { db: Connection },
  schedules: readonly Schedule[] = allSchedules,
): Promise<ScheduleView[]> {
  const rows = new Map((await listSchedules(deps.db)).map(row => [row.name, row]));
  const { now } = await deps.db.one<{ now: Date }>('select now() as now');
  return schedules.map(({ name, cron, jobs }) => {
    const first = nextSlot(cron, now);
    const second = nextSlot(cron, first);
    return {
      name,
      cron,
      lastSlot: rows.get(name)?.lastSlot ?? null,
      nextSlot: first,
      nextSlots: [first, second, nextSlot(cron, second)],
      paused: rows.get(name)?.paused ?? false,
      makes: jobs(first).map(({ spec: { kind, summary } }) => ({ kind, summary })),
    };
  });
}
