import { randomUUID } from 'node:crypto';
import { advanceSchedule } from '../../db/core/schedules.ts';
import { insertJob } from '../../db/insert-job.ts';
import type { Spine } from '../../db/spine.ts';
import { transact } from '../../db/transact.ts';
import { latestSlot, type Schedule } from './schedules.ts';

export type ScheduleDeps = Pick<Spine, 'spineDb' | 'dispatch' | 'log'>;

/**
 * Fires each schedule's latest slot unless that was done: the guarded update and the slot's jobs are one transaction, so
 * no slot fires twice, and slots missed while nothing ran are made up by one. Answers the names fired.
 */
export async function scheduleOnce(deps: ScheduleDeps, schedules: readonly Schedule[]): Promise<string[]> {
  const { now } = await deps.spineDb.one<{ now: Date }>('select now() as now');
  const fired: string[] = [];
  for (const schedule of schedules) {
    const slot = latestSlot(schedule.cron, now);
    const mine = await transact({ db: deps.spineDb, dispatch: deps.dispatch }, async tx => {
      if (!(await advanceSchedule(tx, schedule.name, slot))) return false;
      for (const { spec, payload } of schedule.jobs(slot)) {
        await insertJob(tx, spec, payload, { owner: 'system', requestId: randomUUID() });
      }
      return true;
    });
    if (mine) {
      fired.push(schedule.name);
      deps.log.info({ schedule: schedule.name, slot }, 'a schedule fired');
    }
  }
  return fired;
}
