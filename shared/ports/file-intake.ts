import { createHash } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { FileTooLarge } from './files-failure.ts';

export type FileContent = Readable | AsyncIterable<Uint8Array> | Uint8Array;

/** The content of one write on its way into a store: limited, counted and hashed as it passes, a chunk at a time. */
export class FileIntake {
  readonly #source: Readable;
  readonly #maxBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;
  /** Why the content itself ended early (cut off, too large, aborted), so that it isn't held against the store. */
  failure: unknown;

  constructor(content: FileContent, { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal | undefined }) {
    // A Uint8Array alone would be taken for a sequence of numbers.
    this.#source =
      content instanceof Readable ? content : Readable.from(content instanceof Uint8Array ? [content] : content);
    this.#source.on('error', () => {}); // it may break off before anybody reads it
    this.#maxBytes = maxBytes;
    this.#signal = signal;
    if (signal) addAbortSignal(signal, this.#source);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#source as AsyncIterable<Uint8Array>) {
        this.#sizeBytes += chunk.byteLength;
        if (this.#sizeBytes > this.#maxBytes) throw new FileTooLarge(this.#maxBytes);
        this.#hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      this.failure = this.#signal?.aborted ? this.#signal.reason : error;
      throw error;
    }
  }

  /** What went through; ask once, after the last chunk. */
  result(): { sizeBytes: number; sha256: string } {
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex') };
  }

  /** Lets go of content that nobody will take in any more. */
  close(): void {
    this.#source.destroy();
  }
}
