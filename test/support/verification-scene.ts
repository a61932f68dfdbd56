import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { certificateLines, writePdf } from '../workers/verification/documents.ts';
import type { Answer } from './edge.ts';
import type { Staffing } from './staffing.ts';

/** A certificate with a text layer. */
export function certificateOf(holder: string, expires = '12 March 2091'): Promise<Buffer> {
  return writePdf([certificateLines({ holder, expires })]);
}

/** Uploads a file as its owner does; answers its `fileUri`. */
export async function uploadFile(
  staffing: Staffing,
  token: string,
  bytes: Buffer,
  type = 'application/pdf',
): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)], { type }), 'paper.pdf');
  const response = await fetch(`${staffing.url}/upload-file`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
    body: form,
  });
  const body = (await response.json()) as { fileUri: string };
  assert.equal(response.status, 200, JSON.stringify(body));
  return body.fileUri;
}

/** Has a file verified as a certificate, unless told otherwise; answers the verification's id. */
export async function askVerification(
  staffing: Staffing,
  token: string,
  fileUri: string,
  more: Record<string, unknown> = {},
): Promise<string> {
  const body = { type: 'certification', subjectType: 'certificate', subjectId: 'food-handler', fileUri, ...more };
  const asked = await staffing.call('POST', '/verifications', { token, body });
  assert.equal(asked.status, 202, asked.text);
  return asked.body.verificationId;
}

/** As it stands once a worker has looked. */
export function awaitVerification(staffing: Staffing, token: string, id: string): Promise<Answer> {
  return staffing.call('GET', `/verifications/${id}`, { token, headers: { prefer: 'wait=30' } });
}
