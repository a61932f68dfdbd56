/** Why a file can't be read. All but `ocr_failed` are the file's own doing; that one is our machinery's. */
export type UnreadableReason =
  | 'empty_file'
  | 'file_too_large'
  | 'unsupported_file_type'
  | 'corrupt_file'
  | 'encrypted_pdf'
  | 'too_many_pixels'
  | 'reading_timed_out'
  | 'reading_too_big'
  | 'ocr_failed';

/** Thrown for a file that can't be read. */
export class Unreadable extends Error {
  readonly reason: UnreadableReason;

  constructor(reason: UnreadableReason, options: ErrorOptions = {}) {
    super(messages[reason], options);
    this.name = 'Unreadable';
    this.reason = reason;
  }
}

const messages: Record<UnreadableReason, string> = {
  empty_file: 'The file is empty.',
  file_too_large: 'The file is larger than 10 MB.',
  unsupported_file_type: 'The file is no PDF, JPEG or PNG.',
  corrupt_file: 'The file is damaged.',
  encrypted_pdf: 'The PDF needs a password.',
  too_many_pixels: 'The picture has too many pixels.',
  reading_timed_out: 'Reading the file took too long.',
  reading_too_big: 'Reading the file took too much memory.',
  ocr_failed: 'The text recognition broke down over the file.',
};
