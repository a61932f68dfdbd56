import type { VerificationCheck } from '../../shared/verification-check.ts';
import { checkDocument } from './check-document.ts';
import type { ExamineRequest } from './examination.ts';
import type { OcrEngine } from './ocr-engine.ts';
import { preparePicture } from './page-image.ts';
import { type FileKind, readFile } from './read-file.ts';
import { Unreadable, type UnreadableReason } from './unreadable.ts';

/** Checks of a document, or a picture made ready for a vision model. */
export type Task =
  | { want: 'checks'; kind: FileKind; bytes: Uint8Array; request: ExamineRequest }
  | { want: 'picture'; bytes: Uint8Array };

/** Errors lose their class on the way out of a thread, so this one is sent as a value. */
export type TaskAnswer = { checks: VerificationCheck[] } | { picture: Uint8Array } | { unreadable: UnreadableReason };

/** Does one task, in the thread. */
export async function doTask(task: Task, engine: OcrEngine): Promise<TaskAnswer> {
  try {
    if (task.want === 'picture') return { picture: await preparePicture(task.bytes) };
    return { checks: checkDocument(task.request, await readFile(task.kind, task.bytes, engine)) };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.reason };
    throw error;
  }
}
