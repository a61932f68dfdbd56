import { buffer } from 'node:stream/consumers';
import { startVerification } from '../../db/workforce/verification-moves.ts';
import { getVerificationWork } from '../../db/workforce/verifications.ts';
import { Fault } from '../../shared/fault.ts';
import type { verification as spec } from '../../shared/jobs/verification.ts';
import type { Handler } from '../handler.ts';
import { examine, maxFileBytes } from '../verification/examine.ts';
import { OcrPool } from '../verification/ocr-pool.ts';

/** Of this process; its thread starts with the first file. */
const ocr = new OcrPool();

/** Looks at the file. What it finds is written by the settler, with the job's outcome. */
export const verification: Handler<typeof spec, 'files' | 'model'> = async (ctx, { tenantId, verificationId: id }) => {
  const { log, ports, signal, now } = ctx;
  const work = await ctx.transact(async tx => {
    // A repeat finds it started.
    await startVerification(tx, { tenantId, id });
    return getVerificationWork(tx, { tenantId, id });
  });
  if (work?.status !== 'PROCESSING')
    throw new Fault('conflict', 'This verification has ended already.', { reason: 'verification_ended' });
  const { type, rules, metadata, storageKey, contentType, sizeBytes, holderName, holderBornOn } = work;
  const enough = sizeBytes > maxFileBytes ? { start: 0, end: maxFileBytes } : undefined;
  const file = await ports.files.read(storageKey, enough, signal);
  if (!file) throw new Fault('not_found', 'The file is not there any more.', { reason: 'file_gone' });
  // Of somebody without a profile no name is known: none will match.
  const holder = { fullName: holderName ?? '', dateOfBirth: holderBornOn ?? undefined };
  return examine(
    { bytes: await buffer(file.stream), contentType },
    { type, holder, rules, metadata, now },
    { ocr, model: ports.model ?? undefined, signal, log },
  );
};
