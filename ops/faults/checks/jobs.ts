import type { Database } from '../../../db/connect.ts';
import type { Ledger } from '../ledger.ts';
import { type Finding, finding } from './finding.ts';

const postedKinds = ['noop', 'noop-local', 'batch', 'repeated'];

/** Every job that was accepted is done, once; every key had one outcome; no job of any kind failed. */
export async function checkJobs(db: Database, ledger: Ledger): Promise<Finding[]> {
  const findings = ledger.twoOutcomes.map(({ atMs, key, what, outcomes }) =>
    finding('doubled', `${what} under one key ${key} has two outcomes: ${outcomes.join(', ')}`, atMs),
  );
  const accepted = ledger.accepted(...postedKinds);
  const done = new Set(
    (
      await db.any<{ id: string }>(
        "select id from core.jobs where id = any($1::uuid[]) and state = 'succeeded' and result = payload",
        [accepted.map(({ outcome }) => outcome)],
      )
    ).map(({ id }) => id),
  );
  for (const { what, key, outcome, atMs } of accepted)
    if (!done.has(outcome))
      findings.push(finding('lost', `${what} ${outcome}, accepted under ${key}, is not done`, atMs));

  const moved = await db.any<{ jobId: string; kind: string; moves: string; at: Date }>(`
    select job_id, kind, string_agg(from_state || ' to ' || to_state, ', ' order by seq) as moves, min(at) as at
    from faults.moves group by job_id, kind having count(*) > 1`);
  for (const { jobId, kind, moves, at } of moved)
    findings.push(finding('doubled', `${kind} ${jobId} ended more than once: ${moves}`, at));

  const failed = await db.any<{ id: string; kind: string; state: string; fault: unknown; createdAt: Date }>(
    "select id, kind, state, fault, created_at from core.jobs where state <> 'succeeded' order by id",
  );
  for (const { id, kind, state, fault, createdAt } of failed)
    findings.push(finding('lost', `${kind} ${id} is ${state}: ${JSON.stringify(fault)}`, createdAt));

  const internal = await db.any<{ kind: string; jobId: string; fault: unknown; endedAt: Date }>(`
    select jobs.kind, attempt.job_id, attempt.fault, attempt.ended_at
    from core.job_attempts attempt join core.jobs on jobs.id = attempt.job_id
    where attempt.fault ->> 'code' = 'internal'`);
  for (const { kind, jobId, fault, endedAt } of internal)
    findings.push(finding('wrong', `${kind} ${jobId} met what it did not expect: ${JSON.stringify(fault)}`, endedAt));
  return findings;
}
