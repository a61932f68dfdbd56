import type { Connection } from '../../db/connect.ts';
import { listOpenAlerts, type AlertRow } from '../../db/core/alerts.ts';
import { readBacklog, readRelayLagS } from '../../db/core/jobs.ts';
import { listSchedules } from '../../db/core/schedules.ts';
import { listWorkers, type WorkerRow } from '../../db/core/workers.ts';
import type { Broker } from '../../shared/broker/broker.ts';
import { nextSlot, schedules as allSchedules, type Schedule } from '../ticker/schedules.ts';
import { maxCountedRows } from './queues.ts';

export interface Status {
  broker: { name: Broker['name']; problem: string | null } | null;
  workers: WorkerRow[];
  /** Rows that wait to be claimed, counted up to a cap, and the age of the oldest. */
  waiting: number;
  oldestS: number;
  /** Since when the oldest due row has been due without being published. */
  relayLagS: number;
  openAlerts: number;
}

/** How the system stands. `broker` is null if there is none to ask from this process. */
export async function readStatus(deps: { db: Connection; broker: Broker | null }): Promise<Status> {
  const { db, broker } = deps;
  const [problem, workers, backlog, relayLagS, alerts] = await Promise.all([
    broker?.check().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
    listWorkers(db),
    readBacklog(db, maxCountedRows),
    readRelayLagS(db),
    listOpenAlerts(db),
  ]);
  return {
    broker: broker && { name: broker.name, problem: problem ?? null },
    workers: workers.filter(worker => worker.alive),
    waiting: backlog.reduce((sum, entry) => sum + entry.waiting, 0),
    oldestS: Math.max(0, ...backlog.map(entry => entry.oldestS)),
    relayLagS,
    openAlerts: alerts.length,
  };
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
  paused: boolean;
}

/** Every schedule with its last and next slot. */
export async function readSchedules(
  deps: { db: Connection },
  schedules: readonly Schedule[] = allSchedules,
): Promise<ScheduleView[]> {
  const rows = new Map((await listSchedules(deps.db)).map(row => [row.name, row]));
  const { now } = await deps.db.one<{ now: Date }>('select now() as now');
  return schedules.map(({ name, cron }) => ({
    name,
    cron,
    lastSlot: rows.get(name)?.lastSlot ?? null,
    nextSlot: nextSlot(cron, now),
    paused: rows.get(name)?.paused ?? false,
  }));
}
