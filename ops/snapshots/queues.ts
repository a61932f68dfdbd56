/** Every kind, as the ticker's leader saw it last: `core.snapshots`, name `queues`. Times are ISO-8601. */
export interface QueuesSnapshot {
  kinds: KindSnapshot[];
  workers: WorkerSnapshot[];
  /** The process that leads. */
  leader: { name: string; since: string };
  /** The leader's loops. */
  loops: LoopSnapshot[];
  relayLagS: number;
  /** Null: the broker did not answer. */
  broker: { name: string; problem: string | null };
  openAlerts: number;
  /** More rows wait than were counted: the figures are lower bounds. */
  capped: boolean;
}

export interface KindSnapshot {
  kind: string;
  ready: number;
  /** Accepted to run later. */
  delayed: number;
  running: number;
  retrying: number;
  oldestS: number;
  /** Over the last minute. */
  acceptedPerS: number;
  succeededPerS: number;
  failedPerS: number;
  /** From acceptance to result, of the last minute; null if nothing succeeded. */
  p50Ms: number | null;
  p99Ms: number | null;
  /** Messages and consumers at the broker; null if it was not asked or did not answer. */
  depth: number | null;
  consumers: number | null;
  paused: boolean;
  concurrency: number;
  concurrencySet: boolean;
  /** Why rows and broker cannot both be right; null while they can. */
  disagreement: string | null;
}

export interface WorkerSnapshot {
  id: string;
  name: string;
  version: string;
  kinds: string[];
  running: number;
  startedAt: string;
  seenAt: string;
  alive: boolean;
  lost: boolean;
  stopped: boolean;
}

export interface LoopSnapshot {
  name: string;
  everyMs: number;
  lastAt: string | null;
  lastMs: number | null;
  error: string | null;
}
