/** An answer of the HTTP API. `data` is what the marketplace's envelope holds, else the whole body. */
export interface Answer {
  status: number;
  data: unknown;
  headers: Headers;
}

export interface ApiCall {
  /** Bearer token or service key. */
  token?: string;
  /** Sent as JSON, or as a multipart form. */
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** One call. Rejects, with what was answered, unless the status is one of `expected` (200 or 201 or 202, if not told). */
export async function callApi(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  { token, body, headers = {}, timeoutMs = 40_000 }: ApiCall = {},
  expected: readonly number[] = [200, 201, 202],
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!expected.includes(response.status))
    throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return { status: response.status, data: dataOf(response, text), headers: response.headers };
}

function dataOf(response: Response, text: string): unknown {
  if (text === '' || !/\bjson\b/.test(response.headers.get('content-type') ?? '')) return text;
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && 'success' in body && 'data' in body ? body.data : body;
}
