import type { Connection } from '../../../db/connect.ts';
import { putSnapshot } from '../../../db/core/snapshots.ts';
import type { FailureGroup } from '../../../ops/snapshots/failures.ts';
import type { KindSnapshot, QueuesSnapshot } from '../../../ops/snapshots/queues.ts';

/** A kind at which nothing happens. */
export function quietKind(kind: string, over: Partial<KindSnapshot> = {}): KindSnapshot {
  return {
    kind,
    ready: 0,
    delayed: 0,
    running: 0,
    retrying: 0,
    oldestS: 0,
    acceptedPerS: 0,
    succeededPerS: 0,
    failedPerS: 0,
    p50Ms: null,
    p99Ms: null,
    depth: 0,
    consumers: 1,
    paused: false,
    concurrency: 5,
    concurrencySet: false,
    disagreement: null,
    ...over,
  };
}

/** Writes what a leading ticker would have seen just now: one worker and nothing wrong, unless told. Answers since when it leads. */
export async function putSeen(
  db: Connection,
  over: Partial<QueuesSnapshot> = {},
  groups: readonly Partial<FailureGroup>[] = [],
): Promise<string> {
  const now = new Date().toISOString();
  const worker = { id: 'w', name: 'there:7', version: '1', kinds: ['transfer'], running: 0 };
  const body: QueuesSnapshot = {
    kinds: ['transfer', 'notification', 'export'].map(kind => quietKind(kind)),
    workers: [{ ...worker, startedAt: now, seenAt: now, alive: true, lost: false, stopped: false }],
    leader: { name: 'there:8', since: now },
    loops: [{ name: 'rescue', everyMs: 1_000, lastAt: now, lastMs: 2, error: null }],
    relayLagS: 0,
    broker: { name: 'memory', problem: null },
    openAlerts: 0,
    capped: false,
    ...over,
  };
  const group = {
    kind: 'transfer',
    code: 'balance_insufficient',
    message: 'Too little.',
    lastId: 'x',
    failed: 12,
    retrying: 0,
  };
  const times = {
    owners: 2,
    anOwner: 'marketplace/zoe',
    firstAt: now,
    lastAt: now,
    hours: Array.from({ length: 24 }, () => 0),
  };
  await putSnapshot(db, { name: 'queues', tookMs: 1, body });
  await putSnapshot(db, {
    name: 'failures',
    tookMs: 1,
    body: { groups: groups.map(one => ({ ...group, ...times, ...one })) },
  });
  return now;
}
