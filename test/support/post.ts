export interface Posted {
  status: number;
  headers: Headers;
  body: { id?: string; code?: string };
}

/** Posts with a service's key; a connection that failed answers status 0. */
export async function post(
  url: string,
  key: string,
  payload: unknown,
  headers: Record<string, string> = {},
): Promise<Posted> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(payload),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Posted['body'] };
  } catch {
    return { status: 0, headers: new Headers(), body: {} };
  }
}
