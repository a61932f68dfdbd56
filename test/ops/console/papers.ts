import { insertFile } from '../../../db/workforce/files.ts';
import { createVerification } from '../../../db/workforce/verifications.ts';
import { recordVerdict, startVerification } from '../../../db/workforce/verification-moves.ts';
import { transact } from '../../../db/transact.ts';
import { newFileKey } from '../../../shared/file-key.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import type { VerificationCheck, VerificationType, VerificationVerdict } from '../../../shared/verification-check.ts';
import type { OpenConsole } from '../../support/console.ts';

/** A tenant with one worker who sends papers in. */
export interface PaperTenant {
  id: string;
  name: string;
  userId: string;
  staffId: string;
}

export async function addTenant({ db }: OpenConsole, name = 'Harborlight'): Promise<PaperTenant> {
  const [id, userId, staffId] = [uuidV7(), uuidV7(), uuidV7()];
  await db.none('insert into workforce.tenants (id, name) values ($1, $2)', [id, name]);
  await db.none('insert into workforce.users (id, identity_uid) values ($1, $2)', [userId, userId]);
  await db.none(
    `insert into workforce.staff (id, tenant_id, user_id, full_name, date_of_birth)
    values ($1, $2, $3, 'Anna Maria Eriksson', '1974-08-12')`,
    [staffId, id, userId],
  );
  return { id, name, userId, staffId };
}

export const doubts: VerificationCheck[] = [
  {
    name: 'file_type',
    outcome: 'pass',
    confidence: 1,
    evidence: { found: 'image/png', source: 'bytes' },
    message: 'A picture of a usual type.',
  },
  {
    name: 'holder_name',
    outcome: 'doubt',
    confidence: 0.62,
    evidence: { found: 'ANNA ERIKSON', expected: 'Anna Maria Eriksson', source: 'ocr', page: 1 },
    reason: 'low_confidence',
    message: 'The name is like the holder’s, but not the same.',
  },
  {
    name: 'expiry',
    outcome: 'fail',
    confidence: 0.97,
    evidence: { found: '2020-04-15', source: 'mrz' },
    reason: 'expired',
    message: 'It has expired.',
  },
];

export interface PaperOptions {
  type?: VerificationType;
  bytes?: Buffer;
  contentType?: string;
  filename?: string;
  /** Undefined: nobody has looked yet. */
  verdict?: VerificationVerdict;
}

/** A stored file and its verification; answers its id. */
export async function addPaper(
  { spine, outside }: OpenConsole,
  { id: tenantId, userId }: PaperTenant,
  options: PaperOptions = {},
): Promise<string> {
  const { type = 'government_id', bytes = Buffer.from('paper'), contentType = 'text/plain', verdict } = options;
  const { key, sizeBytes, sha256 } = await outside.ports.files.write(newFileKey('workforce'), bytes, {
    contentType,
    maxBytes: 10_000_000,
  });
  return transact(spine, async tx => {
    const file = { storageKey: key, filename: options.filename ?? 'paper', contentType, sizeBytes, sha256 };
    const { id: fileId } = await insertFile(tx, { ...file, tenantId, userId, visibility: 'private', category: '' });
    const asked = { tenantId, userId, type, subjectType: 'document', subjectId: 'passport', fileId };
    const { id } = await createVerification(tx, { ...asked, rules: {}, metadata: {} }, { requestId: uuidV7() });
    if (!verdict) return id;
    await startVerification(tx, { tenantId, id });
    await recordVerdict(tx, { tenantId, id }, verdict);
    return id;
  });
}
