import { uuidV7Floor } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** What waits of one kind. */
export interface LiveCount {
  kind: string;
  /** May be claimed now. */
  ready: number;
  /** Accepted to run later. */
  delayed: number;
  /** Has failed and waits for its next attempt. */
  retrying: number;
  /** How long the oldest ready one has been ready; 0 if none is. */
  oldestS: number;
}

/** Faults of one kind and code, in one hour. */
export interface FailureCount {
  kind: string;
  code: string;
  /** Final; else it is tried again. */
  isFinal: boolean;
  /** 23 is the present hour, 0 that of 23 hours ago, -1 all that is older. */
  hour: number;
  jobs: number;
  firstAt: Date;
  lastAt: Date;
  lastId: string;
  lastMessage: string;
  /** How many owners the jobs of this kind and code have, and one of them. */
  owners: number;
  anOwner: string;
}

const liveCountsSql = sql('core/jobs/live-counts');
const acceptedSql = sql('core/jobs/accepted-between');
const failuresSql = sql('core/jobs/failure-groups');

/** By the partial indexes of what waits, counted no further than `limit` rows in all: never the history. */
export function readLiveCounts(db: Connection, limit: number): Promise<LiveCount[]> {
  return db.any<LiveCount>(liveCountsSql({ limit }));
}

/** How many jobs of each kind were made between two moments, by their ids. */
export function countAccepted(
  db: Connection,
  fromMs: number,
  toMs: number,
): Promise<{ kind: string; accepted: number }[]> {
  return db.any(acceptedSql({ fromId: uuidV7Floor(fromMs), toId: uuidV7Floor(toMs) }));
}

/** Of the newest `limit` jobs with a fault, by their partial index. Jobs that were posted anew are left out. */
export function countFailures(db: Connection, limit: number): Promise<FailureCount[]> {
  return db.any<FailureCount>(failuresSql({ limit }));
}
