import { verification as spec } from '../../shared/jobs/verification.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import type { VerificationCheck } from '../../shared/verification-check.ts';
import type { VerificationStatus } from '../../shared/verification-state.ts';
import type { Transaction } from '../connect.ts';
import { insertJob } from '../insert-job.ts';
import { sql } from '../sql.ts';
import type { DemoTenant, DemoWorker } from './demo-tenant.ts';
import { insertFile, type NewFile } from './files.ts';
import type { WorkCause } from './notifications.ts';
import { type CertificateRow, putCertificate, putStaffItem } from './papers.ts';
import { writeVerificationEvent } from './verification-events.ts';
import { decideVerification, failVerification, recordVerdict, startVerification } from './verification-moves.ts';
import { createVerification, type NewVerification } from './verifications.ts';

/** Something that a worker has sent in, and what is to become of it. */
export interface DemoPaper {
  /** Which of the tenant's staff. */
  worker: number;
  file: Omit<NewFile, 'tenantId' | 'userId' | 'visibility' | 'category'>;
  paper:
    | { type: 'attire' | 'government_id'; item: keyof DemoTenant['itemIds'] }
    | ({ type: 'certification' } & Omit<DemoCertificate, 'fileId' | 'verificationId'>);
  fate: VerificationStatus;
}
type DemoCertificate = Pick<
  CertificateRow,
  'certificateType' | 'name' | 'issuer' | 'number' | 'issuedOn' | 'expiresOn'
>;

/** Statuses that a worker process gives by itself, once it has looked at the file. */
const lookedAt: readonly VerificationStatus[] = ['AUTO_PASS', 'AUTO_FAIL', 'NEEDS_REVIEW'];
/** Whatever is to be seen waiting is looked at after so long, and not before. */
const waitsMs = 30 * 86_400_000;

const unclear: VerificationCheck = {
  name: 'readable',
  outcome: 'doubt',
  confidence: 0.4,
  evidence: { source: 'ocr' },
  reason: 'unreadable',
  message: 'Hardly any text could be read.',
};

const insertSql = sql('workforce/verifications/insert');

/** Stores what a worker has sent in, and has it verified: in truth, or, where that would not end as it is to be shown, on paper. */
export async function addDemoPaper(
  tx: Transaction,
  tenant: DemoTenant,
  { worker, file, paper, fate }: DemoPaper,
  cause: WorkCause,
): Promise<void> {
  const { userId, staffId } = tenant.staff[worker] as DemoWorker;
  const own = { tenantId: tenant.id, staffId };
  const category = { attire: 'attire', government_id: 'document', certification: 'certificate' }[paper.type];
  const { id: fileId } = await insertFile(tx, {
    ...file,
    tenantId: tenant.id,
    userId,
    visibility: 'private',
    category,
  });
  const asked: NewVerification = {
    tenantId: tenant.id,
    userId,
    type: paper.type,
    subjectType: category,
    subjectId: paper.type === 'certification' ? paper.certificateType : tenant.itemIds[paper.item],
    fileId,
    rules: {},
    metadata: {},
  };
  const verificationId = lookedAt.includes(fate)
    ? (await createVerification(tx, asked, cause)).id
    : await insertVerification(tx, asked);
  if (paper.type === 'certification') {
    const { type: _, ...certificate } = paper;
    await putCertificate(tx, own, { ...certificate, fileId, verificationId });
  } else await putStaffItem(tx, own, { itemId: asked.subjectId, fileId, verificationId, metadata: {} });
  if (!lookedAt.includes(fate)) await moveTo(tx, tenant, { id: verificationId, userId }, fate, cause);
}

async function insertVerification(tx: Transaction, { rules, metadata, ...asked }: NewVerification): Promise<string> {
  const { id } = await tx.one<{ id: string }>(
    insertSql({ ...asked, id: uuidV7(), rules: JSON.stringify(rules), metadata: JSON.stringify(metadata) }),
  );
  const actor = `user/${asked.userId}` as const;
  await writeVerificationEvent(tx, { verificationId: id, to: 'PENDING', actor, reason: null, details: null });
  return id;
}

async function moveTo(
  tx: Transaction,
  { id: tenantId, reviewerId }: DemoTenant,
  { id, userId }: { id: string; userId: string },
  fate: VerificationStatus,
  cause: WorkCause,
): Promise<void> {
  const named = { tenantId, id };
  if (fate !== 'PENDING') await startVerification(tx, named);
  if (fate === 'PENDING' || fate === 'PROCESSING') {
    const order = { owner: `workforce/${userId}`, tenant: tenantId, delayMs: waitsMs, ...cause };
    await insertJob(tx, spec, { tenantId, verificationId: id }, order);
  } else if (fate === 'ERROR') {
    await failVerification(tx, named, { code: 'timeout', message: 'Reading the file took too long.' });
  } else if (fate === 'APPROVED' || fate === 'REJECTED') {
    await recordVerdict(tx, named, { status: 'NEEDS_REVIEW', checks: [unclear], reason: 'unreadable' });
    const approved = fate === 'APPROVED';
    await decideVerification(tx, named, {
      decision: fate,
      note: approved ? 'Seen in person.' : 'Please send a sharper picture.',
      reasonCode: approved ? null : 'UNREADABLE',
      reviewedBy: reviewerId,
    });
  }
}
