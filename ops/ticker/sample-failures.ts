import { listFailureNotes } from '../../db/core/failure-notes.ts';
import { countFailures, type FailureCount } from '../../db/core/live-counts.ts';
import { putSnapshot } from '../../db/core/snapshots.ts';
import { countPermanentlyFailed } from '../../db/marketplace/transfers.ts';
import type { Spine } from '../../db/spine.ts';
import { noteGroups } from '../actions/failures.ts';
import type { FailureGroup, FailuresSnapshot } from '../snapshots/failures.ts';

/** Older ones are left out: in such a storm the newest tell what is wrong. */
const maxCounted = 200_000;

/** Groups the jobs in trouble and writes them down for whoever looks. Answers how long that took, in milliseconds. */
export async function sampleFailuresOnce({ db, metrics }: Pick<Spine, 'db' | 'metrics'>): Promise<number> {
  const startedMs = performance.now();
  const groups = groupFailures(await countFailures(db, maxCounted));
  metrics.permanentlyFailedTransfers.set(await countPermanentlyFailed(db));
  const views = noteGroups(groups, await listFailureNotes(db));
  metrics.failedJobs.reset();
  for (const { kind, failed, silencedUntil } of views) if (!silencedUntil) metrics.failedJobs.inc({ kind }, failed);
  const tookMs = performance.now() - startedMs;
  await putSnapshot(db, { name: 'failures', tookMs, body: { groups } satisfies FailuresSnapshot });
  return tookMs;
}

/** One group a kind and code, the most jobs first. */
export function groupFailures(counts: readonly FailureCount[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const row of counts) {
    const { kind, code, isFinal, hour, jobs, firstAt, lastAt, lastId, lastMessage, owners, anOwner } = row;
    const key = JSON.stringify([kind, code]);
    const [first, last] = [firstAt.toISOString(), lastAt.toISOString()];
    const newest = { lastAt: last, message: lastMessage, lastId };
    const fresh = { kind, code, ...newest, failed: 0, retrying: 0, owners, anOwner, firstAt: first };
    const group = groups.get(key) ?? { ...fresh, hours: Array.from({ length: 24 }, () => 0) };
    group[isFinal ? 'failed' : 'retrying'] += jobs;
    if (hour >= 0 && hour < 24) group.hours[hour] = (group.hours[hour] ?? 0) + jobs;
    if (first < group.firstAt) group.firstAt = first;
    if (last > group.lastAt) Object.assign(group, newest);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (a, b) => b.failed + b.retrying - a.failed - a.retrying || a.kind.localeCompare(b.kind),
  );
}
