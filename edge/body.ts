import type { IncomingMessage } from 'node:http';
import { Fault } from '../shared/fault.ts';

/** A payload nested deeper than this is nobody's data; it is refused before anything walks it by recursion. */
const maxDepth = 32;
/** For a body that is read whole; uploads have their own. */
const patienceMs = 60_000;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The whole body, at most `maxBytes`. Rejects with `Fault`: `too_large`, `malformed` (cut off), `timeout`, `unsupported_media_type`. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return Promise.reject(new Fault('unsupported_media_type', 'Compressed request bodies are not accepted.'));
  }
  // Told in advance or found out on the way: the rest is not read, and the connection ends with the answer.
  const tooLarge = () =>
    new Fault('too_large', `The body is larger than ${maxBytes} bytes.`, {
      details: { maxBytes },
      headers: { connection: 'close' },
    });
  if (Number(request.headers['content-length']) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const late = setTimeout(() => {
      request.pause();
      const headers = { connection: 'close' };
      finish(() => reject(new Fault('timeout', 'The body took too long to arrive.', { headers })));
    }, patienceMs);
    const finish = (settle: () => void): void => {
      clearTimeout(late);
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      request.pause();
      finish(() => reject(tooLarge()));
    };
    const onEnd = (): void =>
      finish(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    const onClose = (): void => finish(() => reject(new Fault('malformed', 'The body ended early.')));
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

/** A JSON body as a plain value, safe to walk and to store. Throws `Fault`: `malformed`, `unsupported_media_type`. */
export function parseJson(request: Pick<IncomingMessage, 'headers'>, raw: Buffer): unknown {
  const type = request.headers['content-type'];
  if (raw.length === 0 && type === undefined) return undefined;
  if (!type || !/^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i.test(type)) {
    throw new Fault('unsupported_media_type', 'The body must be sent as application/json in UTF-8.');
  }
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(raw));
  } catch {
    throw new Fault('malformed', 'The body is not valid JSON in UTF-8.');
  }
  checkStorable(value, 0);
  return value;
}

/** Refuses what JSON can say and Postgres, or a walk by recursion, can't bear. */
function checkStorable(value: unknown, depth: number): void {
  if (typeof value === 'string') return checkText(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Fault('malformed', 'The body holds a number that is too large.');
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (depth >= maxDepth) throw new Fault('malformed', `The body is nested deeper than ${maxDepth} levels.`);
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) checkStorable(item, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw new Fault('malformed', 'The body holds the key "__proto__".');
    checkText(key);
    checkStorable((value as Record<string, unknown>)[key], depth + 1);
  }
}

/** Throws `Fault('malformed')` for text that is not a sequence of Unicode characters or holds U+0000. */
export function checkText(text: string): void {
  if (text.includes('\u0000') || !text.isWellFormed()) {
    throw new Fault('malformed', 'A text holds U+0000 or half of a surrogate pair.');
  }
}
