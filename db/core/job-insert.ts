import type { AnySpec } from '../../shared/job.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

/** A job that is to be: validated, serialised, named, not yet written. */
export interface NewJob {
  id: string;
  kind: string;
  version: number;
  area: string;
  owner: string;
  tenant: string | null;
  maxAttempts: number;
  /** JSON text, written once and never parsed again on the way in. */
  payload: string;
  delayMs: number;
  uniqueKey: string | null;
  idemKey: string | null;
  /** SHA-256 in hex, beside `idemKey`. */
  fingerprint: string | null;
  requestId: string;
  trace: string | null;
}

export interface JobOrder {
  owner: string;
  tenant?: string | null;
  requestId: string;
  trace?: string | null;
  /** Not before this long from now. */
  delayMs?: number;
  maxAttempts?: number;
  idempotency?: { key: string; fingerprint: string } | null;
}

const insertSql = sql('core/jobs/insert');
const byIdemKeySql = sql('core/jobs/by-idem-key');

/** How long the fast path has to confirm before the relay takes a new job as forgotten. */
export const relayGraceMs = 5_000;

/** Names a job of a kind. `payload` must have passed the spec's schema. */
export function newJob(spec: AnySpec, payload: unknown, order: JobOrder): NewJob {
  return {
    id: uuidV7(),
    kind: spec.kind,
    version: spec.version,
    area: spec.area,
    owner: order.owner,
    tenant: order.tenant ?? null,
    maxAttempts: order.maxAttempts ?? spec.retry.attempts,
    payload: JSON.stringify(payload),
    delayMs: order.delayMs ?? 0,
    uniqueKey: spec.uniqueKey?.(payload, order.owner) ?? null,
    idemKey: order.idempotency?.key ?? null,
    fingerprint: order.idempotency?.fingerprint ?? null,
    requestId: order.requestId,
    trace: order.trace ?? null,
  };
}

/**
 * Writes jobs in one statement. Answers, in order, when each was created; null for one that clashes with a live job of
 * its unique key or with an earlier use of its idempotency key.
 */
export async function writeJobs(db: Connection, jobs: readonly NewJob[]): Promise<(Date | null)[]> {
  // Two statements whose keys overlap wait for each other's rows: one order for all of them keeps that from being a deadlock.
  const sorted = jobs.length === 1 ? jobs : jobs.toSorted((a, b) => compare(a.idemKey ?? a.id, b.idemKey ?? b.id));
  const rows = await db.any<{ id: string; createdAt: Date }>(
    insertSql({
      ids: sorted.map(job => job.id),
      kinds: sorted.map(job => job.kind),
      versions: sorted.map(job => job.version),
      areas: sorted.map(job => job.area),
      owners: sorted.map(job => job.owner),
      tenants: sorted.map(job => job.tenant),
      maxAttempts: sorted.map(job => job.maxAttempts),
      payloads: sorted.map(job => job.payload),
      dueInMs: sorted.map(job => (job.delayMs > 0 ? job.delayMs : relayGraceMs)),
      uniqueKeys: sorted.map(job => job.uniqueKey),
      idemKeys: sorted.map(job => job.idemKey),
      fingerprints: sorted.map(job => job.fingerprint),
      requestIds: sorted.map(job => job.requestId),
      traces: sorted.map(job => job.trace),
    }),
  );
  const created = new Map(rows.map(row => [row.id, row.createdAt]));
  return jobs.map(job => created.get(job.id) ?? null);
}

/** The job that used an idempotency key first, with its request's fingerprint in hex. */
export function findByIdemKey(
  db: Connection,
  owner: string,
  idemKey: string,
): Promise<{ id: string; fingerprint: string } | null> {
  return db.oneOrNone(byIdemKeySql({ owner, idemKey }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
