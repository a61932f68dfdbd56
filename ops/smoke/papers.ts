import { z } from 'zod';
import { addDays } from '../../shared/warranty.ts';
import { drawShirt, makeCertificate, type PaperFile } from '../demo-data/paper-files.ts';
import { listSchema, type Scene, today } from './scene.ts';

const uploadedSchema = z.object({
  fileUri: z.string(),
  contentType: z.literal('application/pdf'),
  size: z.int().positive(),
});
const signedSchema = z.object({ signedUrl: z.url(), expiresAt: z.iso.datetime() });
const acceptedSchema = z.object({ verificationId: z.uuid(), status: z.literal('PENDING') });
const verificationSchema = z.object({
  status: z.string(),
  checks: z.array(z.object({ name: z.string(), outcome: z.string() })),
});
const attireSchema = z.object({ itemId: z.uuid() });

/** In all; each call waits for up to half a minute. */
const maxLooks = 6;

/** A file is uploaded and read back, a model asked, a certificate verified, and a photo decided by a person. */
export async function writePapers(scene: Scene): Promise<void> {
  const { checks } = scene;
  const { token, staffId, userId } = scene.session('newcomer');
  const facts = { issuer: 'National Food Safety Board', number: 'FH-2024-118899', issuedOn: addDays(today, -400) };
  const certificate = await makeCertificate({ holder: 'Nora Lindqvist', ...facts, expiresOn: addDays(today, 400) });
  const upload = { token, body: form(certificate, { visibility: 'private' }), shape: uploadedSchema };
  const { fileUri } = (await checks.call('POST', '/upload-file', upload)).body;
  await checks.call('POST', '/upload-file', {
    token,
    body: form({ filename: 'certificate.pdf', contentType: 'application/pdf', bytes: Buffer.from('no PDF at all') }),
    status: 415,
    title: 'POST /upload-file  of another kind than it says',
  });
  const sign = { token, body: { fileUri, expiresInSeconds: 60 }, shape: signedSchema };
  const { signedUrl } = (await checks.call('POST', '/create-signed-url', sign)).body;
  const read = await fetch(signedUrl);
  const bytes = Buffer.from(await read.arrayBuffer());
  checks.must(
    bytes.equals(certificate.bytes),
    'the signed URL must lead to the file',
    `${read.status}, ${bytes.length} bytes`,
  );
  await checks.call('POST', '/invoke-llm', {
    token,
    body: { prompt: 'Say hello.' },
    shape: z.object({ model: z.string() }),
  });

  const asked = { type: 'certification', subjectType: 'staff', subjectId: staffId ?? userId, fileUri };
  const verification = { token, body: asked, status: 202, shape: acceptedSchema };
  const { verificationId } = (await checks.call('POST', '/verifications', verification)).body;
  const seen = await untilLooked(scene, verificationId);
  checks.must(seen.status === 'AUTO_PASS', 'a good certificate must pass', seen);

  const fields = { certificateType: 'FOOD_HANDLER', name: 'Food Handler Safety', ...facts };
  const { number: certificateNumber, ...named } = fields;
  const sent = form(certificate, { ...named, certificateNumber, expiresOn: addDays(today, 400) });
  await checks.call('POST', '/staff/profile/certificates', { token, body: sent, status: 202, shape: acceptedSchema });
  await checks.call('DELETE', '/staff/profile/certificates/FOOD_HANDLER', { token });

  const attire = { token, shape: listSchema(attireSchema, 1) };
  const { items } = (await checks.call('GET', '/staff/profile/attire', attire)).body;
  const photo = { token, body: form(await drawShirt()), status: 202, shape: acceptedSchema };
  const worn = (await checks.call('POST', `/staff/profile/attire/${items[0]?.itemId}/upload`, photo)).body;
  await untilLooked(scene, worn.verificationId);
  const review = `/verifications/${worn.verificationId}/review`;
  await checks.call('POST', review, {
    token,
    body: { decision: 'APPROVED' },
    status: 403,
    title: 'POST /verifications/:id/review  by a worker',
  });
  const body = { decision: 'APPROVED', note: 'Seen in person.' };
  await checks.call('POST', review, { token: scene.session('reviewer').token, body });
}

async function untilLooked(scene: Scene, id: string): Promise<z.output<typeof verificationSchema>> {
  const { token } = scene.session('newcomer');
  const wait = { token, headers: { prefer: 'wait=30' }, shape: verificationSchema };
  for (let looks = 1; ; looks += 1) {
    const { body } = await scene.checks.call('GET', `/verifications/${id}`, wait);
    if (body.status !== 'PENDING' && body.status !== 'PROCESSING') return body;
    scene.checks.must(looks < maxLooks, 'a worker must have looked at the file', body);
  }
}

function form({ filename, contentType, bytes }: PaperFile, fields: Record<string, string> = {}): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('file', new File([new Uint8Array(bytes)], filename, { type: contentType }));
  return body;
}
