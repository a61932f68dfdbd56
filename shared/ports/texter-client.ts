import { AsyncLocalStorage } from 'node:async_hooks';
import type { Twilio } from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';

export interface TexterClientOptions {
  /** `AC…`. */
  accountSid: string;
  authToken: string;
  /** `http://127.0.0.1:4010` for the sandbox; Twilio itself unless given. */
  apiBase?: string | undefined;
  /** Of each call; 20 seconds unless given. */
  timeoutMs?: number | undefined;
  /** Told of each request that left, answered or not. */
  onRequest?: ((seen: { operation: string; status: number | null; durationMs: number }) => void) | undefined;
}

/** What the library has no parameter for, for all that is called inside. */
interface CallFacts {
  operation: string;
  signal: AbortSignal | undefined;
}

export interface TexterClient {
  twilio: Twilio;
  during: <T>(facts: CallFacts, work: () => Promise<T>) => Promise<T>;
  /** Whether Twilio signed a request to this address with these form fields. */
  isSigned: (signature: string, url: string, form: Record<string, string>) => boolean;
}

/** No answer of ours is anywhere near. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** Loads the real client library, which is 20 MB of files: not before somebody texts. It tries nothing twice. */
export async function openTexterClient(options: TexterClientOptions): Promise<TexterClient> {
  const { default: library } = await import('twilio');
  const { accountSid, authToken, onRequest, timeoutMs = 20_000 } = options;
  const base = options.apiBase === undefined ? null : new URL(options.apiBase);
  const calls = new AsyncLocalStorage<CallFacts>();

  // The library knows no other server than its own, and no signal: both are put in where it sends.
  class Wire extends library.RequestClient {
    constructor() {
      super({ timeout: timeoutMs });
      this.axios.defaults.maxContentLength = maxAnswerBytes;
      this.axios.interceptors.request.use(request => {
        const signal = calls.getStore()?.signal;
        return signal === undefined ? request : Object.assign(request, { signal });
      });
    }

    override async request<Data>(request: RequestClient.RequestOptions<Data>) {
      const startedAt = performance.now();
      let status: number | null = null;
      try {
        const response = await super.request<Data>({ ...request, uri: moved(request.uri, base) });
        status = response.statusCode;
        return response;
      } finally {
        const operation = calls.getStore()?.operation ?? 'other';
        onRequest?.({ operation, status, durationMs: performance.now() - startedAt });
      }
    }
  }

  return {
    twilio: library(accountSid, authToken, { httpClient: new Wire() }),
    during: (facts, work) => calls.run(facts, work),
    isSigned: (signature, url, form) => library.validateRequest(authToken, signature, url, form),
  };
}

function moved(uri: string, base: URL | null): string {
  if (base === null) return uri;
  const { pathname, search } = new URL(uri);
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}${pathname}${search}`;
}
