import type { InvoiceDocument } from '../../shared/invoice-document.ts';
import { ThreadPool } from '../thread-pool.ts';

/** Compiled or not, the thread's code lies beside this. */
const script = new URL(`./render-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Renders invoices off the event loop, one a thread at a time. Each thread parses the fonts once. */
export class RenderPool {
  readonly #threads: ThreadPool<InvoiceDocument, Uint8Array>;

  /** `threads`: at most; never more than the machine has cores. None is started before the first render. */
  constructor({ threads }: { threads: number }) {
    this.#threads = new ThreadPool({ script, threads });
  }

  /**
   * The PDF of a document; equal documents give equal bytes. An abort rejects with the signal's reason and ends the thread
   * if it is at this document already; a thread that crashes fails its own render alone.
   */
  render(document: InvoiceDocument, options: { signal?: AbortSignal | undefined } = {}): Promise<Uint8Array> {
    return this.#threads.run(document, options);
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
