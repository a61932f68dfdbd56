/**
 * The body of a broker message: "these jobs, at these attempts, are due". It carries no payload, so no personal data
 * rests in a broker, and a duplicate, stale or early one is harmless: the claim compares the attempt.
 */
export interface Nudge<Job extends JobRef = JobRef> {
  kind: string;
  jobs: readonly Job[];
  /** To be claimed and run with nothing beside it: its last runner died. Always a single job. */
  isolate: boolean;
}

export interface JobRef {
  id: string;
  /** Attempts spent when it was published; the claim's guard. */
  attempt: number;
}

export interface DueJob extends JobRef {
  kind: string;
  isolate: boolean;
  /** The fence when it was published; not on the wire. A job that has been claimed since is not marked as queued. */
  claimNo: number;
}

const wireVersion = 1;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `{"v":1,"jobs":[["<id>",<attempt>],…]}`, and `"isolate":true` where it is. */
export function encodeNudge(nudge: Nudge): Buffer {
  let jobs = '';
  for (const job of nudge.jobs) jobs += `${jobs ? ',' : ''}["${job.id}",${job.attempt}]`;
  return Buffer.from(`{"v":${wireVersion},"jobs":[${jobs}]${nudge.isolate ? ',"isolate":true' : ''}}`);
}

/** Null for bytes that no millrace of this wire version wrote: such a message belongs to the dead letters. */
export function decodeNudge(kind: string, body: Buffer): Nudge | null {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as { v?: unknown; jobs?: unknown; isolate?: unknown };
    if (parsed.v !== wireVersion || !Array.isArray(parsed.jobs)) return null;
    const jobs: JobRef[] = [];
    for (const entry of parsed.jobs as unknown[]) {
      if (!Array.isArray(entry)) return null;
      const [id, attempt] = entry as unknown[];
      if (typeof id !== 'string' || !uuidPattern.test(id) || !isAttempt(attempt)) return null;
      jobs.push({ id, attempt: attempt as number });
    }
    return { kind, jobs, isolate: parsed.isolate === true };
  } catch {
    return null;
  }
}

/** What the row's column can hold; anything else could not even be looked for. */
function isAttempt(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 32_767;
}

/** Groups due jobs by kind into as few messages as `jobsPerMessage` allows; an isolated job travels alone. */
export function packNudges(jobs: readonly DueJob[], jobsPerMessage: (kind: string) => number): Nudge<DueJob>[] {
  const nudges: Nudge<DueJob>[] = [];
  const open = new Map<string, DueJob[]>();
  for (const job of jobs) {
    const { kind } = job;
    if (job.isolate) {
      nudges.push({ kind, jobs: [job], isolate: true });
      continue;
    }
    let refs = open.get(kind);
    if (!refs || refs.length >= jobsPerMessage(kind)) {
      refs = [];
      open.set(kind, refs);
      nudges.push({ kind, jobs: refs, isolate: false });
    }
    refs.push(job);
  }
  return nudges;
}
