import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../../../shared/config.ts';
import { connectFiles } from '../../../shared/ports/ports.ts';
import { sweepFilesOnce } from '../../ticker/sweep-files.ts';
import type { FaultySystem } from '../system.ts';
import { type Finding, finding } from './finding.ts';

const noticedWithinMs = 5_000;
const aDayLaterMs = 25 * 3_600_000;

/** What a system at rest must not hold; its members run. */
export async function checkAtRest({ db, members }: FaultySystem): Promise<Finding[]> {
  const findings = members.flatMap(({ name, crashes }) =>
    crashes.map(({ atMs, said }) => finding('wrong', `${name} ended by itself: ${said}`, atMs)),
  );
  const locks = await db.any<{ n: number }>("select count(*) as n from pg_locks where locktype = 'advisory'");
  if (locks[0]?.n !== 1)
    findings.push(finding('wrong', `${locks[0]?.n} advisory locks are held; the leading ticker's is one`));
  const idle = await db.any<{ applicationName: string; query: string }>(
    "select application_name, query from pg_stat_activity where state like 'idle in transaction%' and state_change < now() - interval '2 seconds'",
  );
  for (const { applicationName, query } of idle)
    findings.push(finding('wrong', `${applicationName} is idle in a transaction: ${query}`));
  const keys = await db.any<{ surface: string; key: string; createdAt: Date }>(
    'select surface, key, created_at from core.idempotency where lease_until is not null',
  );
  for (const { surface, key, createdAt } of keys)
    findings.push(finding('wrong', `${surface} key ${key} was never answered`, createdAt));
  const alerts = await db.any<{ kind: string; subject: string; details: unknown; raisedAt: Date }>(
    'select kind, subject, details, raised_at from core.alerts',
  );
  for (const { kind, subject, details, raisedAt } of alerts)
    findings.push(finding('wrong', `alert ${kind} of ${subject}: ${JSON.stringify(details)}`, raisedAt));
  const deadlocks = await db.one<{ deadlocks: number }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  if (deadlocks.deadlocks > 0) findings.push(finding('wrong', `${deadlocks.deadlocks} deadlocks`));
  return findings;
}

/** What must be gone with the members, which have been stopped in order. */
export async function checkGone(system: FaultySystem): Promise<Finding[]> {
  const { db, members, disk, dir } = system;
  const findings: Finding[] = [];
  const deadlineMs = performance.now() + noticedWithinMs;
  const read = () =>
    db.one<{ sessions: number; locks: number; leases: number }>(`
      select (select count(*) from pg_stat_activity where application_name like 'millrace%') as sessions,
        (select count(*) from pg_locks where locktype = 'advisory') as locks,
        (select count(*) from core.workers where lost_at is null and stopped_at is null) as leases`);
  let left = await read();
  for (; left.sessions + left.locks > 0 && performance.now() < deadlineMs; left = await read()) await delay(100);
  for (const [what, n] of Object.entries(left)) if (n > 0) findings.push(finding('wrong', `${n} ${what} are left`));

  for (const { name, pids } of members)
    for (const pid of pids) if (isAlive(pid)) findings.push(finding('wrong', `${name}, ${pid}, still runs`));

  // What a crash leaves in the store, the next day's sweep takes; it takes nothing else.
  const config = readConfig({ DATA_DIR: `${dir}/data` });
  const files = connectFiles({ ...config, jwtSecret: ['unused'] }, () => '');
  const log = { info: () => {} } as unknown as Parameters<typeof sweepFilesOnce>[0]['log'];
  await sweepFilesOnce({ db, log, ports: { files } }, Date.now() + aDayLaterMs);
  for (const name of await disk.temporaries()) findings.push(finding('wrong', `the store keeps ${name}`));
  return findings;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
