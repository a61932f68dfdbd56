import { verification as spec } from '../../shared/jobs/verification.ts';
import type { Settler } from '../settle.ts';
import { failVerification, putBackVerification, recordVerdict } from './verification-moves.ts';

/** What the end of a `verification` job means. A decision that a person has made meanwhile stands. */
export const settleVerification: Settler = async (tx, job, settlement) => {
  const { tenantId, verificationId: id } = spec.payload.parse(job.payload);
  const named = { tenantId, id };
  if (settlement.state === 'succeeded') await recordVerdict(tx, named, spec.result.parse(settlement.result));
  else if (settlement.state === 'pending')
    await putBackVerification(tx, named, settlement.fault?.code ?? settlement.why);
  else await failVerification(tx, named, settlement.fault);
};
