import { insertJob } from '../../db/insert-job.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { schedules } from '../ticker/schedules.ts';
import { leaveTrace, type Operator } from './operator.ts';

/** Makes a schedule's jobs now, beside its slots, which stay as they are. Answers their ids. Fault: `not_found`. */
export async function runSchedule(deps: TransactDeps, name: string, operator: Operator): Promise<string[]> {
  const schedule = schedules.find(candidate => candidate.name === name);
  if (!schedule) {
    const names = schedules.map(candidate => candidate.name).join(', ');
    throw new Fault('not_found', `There is no schedule ${name}; there are ${names}.`);
  }
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
