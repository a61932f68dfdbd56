import { Agent, request as httpRequest } from 'node:http';
import type { FuzzRequest } from './assemble.ts';

export interface FuzzAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** It is a stream of events that goes on: only its beginning was looked at. */
  endless: boolean;
}

/** Of a request what goes over the wire. */
type SentRequest = Pick<FuzzRequest, 'path' | 'headers' | 'body'> & { method: string };

/** Longer than `Prefer: wait` may take, on a machine that is busy. */
const timeoutMs = 60_000;

/** Connections that stay open from one request to the next: one that breaks is a finding. */
export class FuzzClient {
  readonly #agent: Agent;
  readonly #url: URL;

  constructor(url: string, connections: number) {
    this.#url = new URL(url);
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send({ method, path, headers, body }: SentRequest): Promise<FuzzAnswer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#url;
      const sending = httpRequest({ agent: this.#agent, hostname, port, method, path, headers, timeout: timeoutMs });
      sending.on('timeout', () => sending.destroy(new Error(`no answer within ${timeoutMs / 1_000} s`)));
      sending.on('error', reject);
      sending.on('response', response => {
        const { statusCode: status = 0, headers: answered } = response;
        if (answered['content-type']?.startsWith('text/event-stream')) {
          resolve({ status, headers: answered, body: Buffer.alloc(0), endless: true });
          response.on('error', () => {});
          response.destroy();
          return;
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status, headers: answered, body: Buffer.concat(chunks), endless: false }));
      });
      sending.end(body ?? undefined);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The same request for a shell. */
export function asCurl(url: string, { method, path, headers, body }: SentRequest): string {
  const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const fields = Object.entries(headers)
    .filter(([name]) => name !== 'content-length')
    .map(([name, value]) => `-H ${quote(value === '' ? `${name};` : `${name}: ${value}`)}`);
  // Left to itself it would call any body a form.
  if (body && headers['content-type'] === undefined) fields.push(`-H 'content-type:'`);
  const parts = ['curl -sS -i --globoff --path-as-is', `-X ${method}`, ...fields];
  if (!body) return [...parts, quote(url + path)].join(' ');
  const text = body.toString();
  const printable = Buffer.from(text).equals(body) && !text.includes('\u0000');
  return printable
    ? [...parts, `--data-raw ${quote(text)}`, quote(url + path)].join(' ')
    : `echo ${body.toString('base64')} | base64 -d | ${[...parts, '--data-binary @-', quote(url + path)].join(' ')}`;
}
