import type { ClaimedJob } from '../db/core/job-run.ts';
import { Fault } from '../shared/fault.ts';
import type { AnySpec } from '../shared/job.ts';

/** A newer build wrote this payload; a worker of that build will run it. */
export class PayloadFromTheFuture extends Error {}

/**
 * The payload as this build's handler expects it: older versions upgraded by their spec, then validated. Throws
 * `PayloadFromTheFuture` for a newer version, `Fault('invalid')` for one that no retry will mend.
 */
export function openPayload(spec: AnySpec, job: Pick<ClaimedJob, 'payload' | 'version'>): unknown {
  if (job.version > spec.version)
    throw new PayloadFromTheFuture(`${spec.kind} version ${job.version}; this build knows ${spec.version}`);
  try {
    const present = job.version < spec.version && spec.upgrade ? spec.upgrade(job.payload, job.version) : job.payload;
    return spec.payload.parse(present);
  } catch (error) {
    throw new Fault('invalid', 'The stored payload is not what its kind asks for.', {
      reason: 'invalid_payload',
      cause: error,
    });
  }
}
