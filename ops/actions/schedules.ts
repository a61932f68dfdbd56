import { pauseSchedule as setPaused } from '../../db/core/schedules.ts';
import { insertJob } from '../../db/insert-job.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { type Schedule, schedules } from '../ticker/schedules.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** Makes a schedule's jobs now, beside its slots, which stay as they are. Answers their ids. Fault: `not_found`. */
export async function runSchedule(deps: TransactDeps, name: string, operator: Operator): Promise<string[]> {
  const schedule = findSchedule(name);
  return transact(deps, async tx => {
    const { now } = await tx.one<{ now: Date }>('select now() as now');
    const ids: string[] = [];
    for (const { spec, payload } of schedule.jobs(now)) {
      ids.push((await insertJob(tx, spec, payload, { owner: 'system', requestId: uuidV7() })).id);
    }
    await leaveTrace(tx, operator, { action: 'schedule.run', subject: name, affected: ids.length, details: { ids } });
    return ids;
  });
}

/** Lets a schedule's slots pass until it is resumed. Fault: `not_found`. */
export async function pauseSchedule(deps: TransactDeps, name: string, operator: Operator): Promise<void> {
  await changeSchedule(deps, name, { paused: true, action: 'schedule.pause' }, operator);
}

/** The slots that passed are made up by one: the ticker makes the latest within a second or two. Fault: `not_found`. */
export async function resumeSchedule(deps: TransactDeps, name: string, operator: Operator): Promise<void> {
  await changeSchedule(deps, name, { paused: false, action: 'schedule.resume' }, operator);
}

async function changeSchedule(
  deps: TransactDeps,
  name: string,
  { paused, action }: { paused: boolean; action: string },
  operator: Operator,
): Promise<void> {
  findSchedule(name);
  await transact(deps, async tx => {
    await setPaused(tx, name, paused);
    await leaveTrace(tx, operator, { action, subject: name });
  });
}

function findSchedule(name: string): Schedule {
  const schedule = schedules.find(candidate => candidate.name === name);
  if (schedule) return schedule;
  const names = schedules.map(candidate => candidate.name).join(', ');
  throw new Fault('not_found', `There is no schedule ${name}; there are ${names}.`);
}
