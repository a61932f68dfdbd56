import { fileTypeFromBuffer } from 'file-type';
import type { Log } from '../../shared/log.ts';
import type { ModelPort } from '../../shared/ports/model.ts';
import { type VerificationCheck, type VerificationVerdict, verdictOf } from '../../shared/verification-check.ts';
import { checkAttire } from './attire-check.ts';
import { doubt, type ExamineRequest, pass } from './examination.ts';
import type { OcrPool } from './ocr-pool.ts';
import type { FileKind } from './read-file.ts';
import { Unreadable } from './unreadable.ts';

export interface ExamineFile {
  bytes: Uint8Array;
  /** What its sender called it. */
  contentType?: string | undefined;
}

export interface ExamineTools {
  ocr: OcrPool;
  model?: ModelPort | undefined;
  signal: AbortSignal;
  log?: Log | undefined;
}

/** Larger files aren't looked at: whoever fetches one may stop at a byte more. */
export const maxFileBytes = 10 * 1024 * 1024;

/** file-type's names of what we read. Its signatures need this many bytes. */
const kinds: Record<string, FileKind> = { 'application/pdf': 'pdf', 'image/jpeg': 'jpeg', 'image/png': 'png' };
const headBytes = 4_100;

/**
 * Looks at a file and says what it is worth, with the evidence for each check. A file that can't be read is for a person to
 * look at; `ERROR` means that our machinery broke over it. Throws the signal's reason, and `ModelFailure` while the vision
 * model is away.
 */
export async function examine(
  file: ExamineFile,
  request: ExamineRequest,
  tools: ExamineTools,
): Promise<VerificationVerdict> {
  const checks: VerificationCheck[] = [];
  try {
    const { kind, check } = await checkFileType(file, request);
    checks.push(check);
    if (request.type === 'attire') {
      const picture = await tools.ocr.picture(file.bytes, tools.signal);
      checks.push(await checkAttire(picture, request.rules, tools.model, tools.signal));
    } else checks.push(...(await tools.ocr.check(kind, file.bytes, request, tools.signal)));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const { message, reason } = error;
    const name = checks.length === 0 ? 'file_type' : 'readable';
    const verdict = verdictOf([...checks, doubt(name, reason, { evidence: { source: 'bytes' }, message })]);
    if (reason !== 'ocr_failed') return verdict;
    tools.log?.error({ err: error }, 'reading a file broke down');
    return { ...verdict, status: 'ERROR' };
  }
  return verdictOf(checks);
}

async function checkFileType({ bytes, contentType }: ExamineFile, { type }: ExamineRequest) {
  if (bytes.length === 0) throw new Unreadable('empty_file');
  if (bytes.length > maxFileBytes) throw new Unreadable('file_too_large');
  const mime = (await fileTypeFromBuffer(bytes.subarray(0, headBytes)))?.mime;
  const kind = mime === undefined ? undefined : kinds[mime];
  if (mime === undefined || kind === undefined || (type === 'attire' && kind === 'pdf'))
    throw new Unreadable('unsupported_file_type');
  const evidence = { found: mime, source: 'bytes' as const, ...(contentType ? { expected: contentType } : {}) };
  return { kind, check: pass('file_type', { evidence, message: `By its bytes it is ${mime}.` }) };
}
