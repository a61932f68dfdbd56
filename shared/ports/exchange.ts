import type { z } from 'zod';

/** What any call to a provider may carry along. */
export interface Call {
  /** Ends the wait for the answer, not what the provider does. */
  signal?: AbortSignal | undefined;
  /** W3C trace context, sent as a header. */
  traceparent?: string | undefined;
}

/** A whole answer. */
export interface Answer {
  status: number;
  /** Cut off at the limit: half an answer is no JSON, and so not understood. */
  text: string;
}

/** No whole answer came: the caller's signal, our patience, or the connection ended first. */
export class NoAnswer extends Error {
  readonly code: 'aborted' | 'timeout' | 'connection';

  constructor(code: NoAnswer['code'], cause: unknown) {
    super(`No answer: ${code}.`, { cause });
    this.name = 'NoAnswer';
    this.code = code;
  }
}

/**
 * Sends one request and reads its whole answer, whatever its status. Follows no redirect and tries nothing twice. Throws `NoAnswer` and nothing
 * else.
 * @param timeoutMs for headers and body together.
 */
export async function exchange(
  url: string,
  init: { method: 'GET' | 'POST'; headers: Record<string, string>; body?: string },
  { timeoutMs, maxBytes, signal }: { timeoutMs: number; maxBytes: number; signal?: AbortSignal | undefined },
): Promise<Answer> {
  // Not AbortSignal.timeout: with AbortSignal.any, nothing but a timer of ours keeps it from being collected before it fires.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: signal === undefined ? patience.signal : AbortSignal.any([patience.signal, signal]),
    });
    return { status: response.status, text: await readText(response, maxBytes) };
  } catch (error) {
    throw new NoAnswer(signal?.aborted ? 'aborted' : patience.signal.aborted ? 'timeout' : 'connection', error);
  } finally {
    clearTimeout(timer);
  }
}

/** The JSON of a text if it is of that shape, else null. */
export function parseAnswer<Row>(schema: z.ZodType<Row>, text: string): Row | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
