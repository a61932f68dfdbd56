import { randomUUID } from 'node:crypto';
import type { Answer } from '../../support/edge.ts';
import type { Staffing } from '../../support/staffing.ts';

export const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
/** One white pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const account = {
  bankName: 'First Bank',
  accountNumber: '0001 2345 6789',
  routingNumber: '021000021',
  accountType: 'Checking',
};

type Token = { token: string };
type Sent = Promise<Pick<Answer, 'status' | 'headers' | 'body'>>;

export interface ProfileCalls {
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
  get: (path: string, as?: Token) => Promise<any>;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
  items: (path: string, as?: Token) => Promise<any[]>;
  send: (method: string, path: string, body?: unknown, more?: { token?: string; key?: string }) => Promise<Answer>;
  sendFile: (
    path: string,
    content: Buffer,
    more?: { fields?: Record<string, string>; key?: string; name?: string },
  ) => Sent;
}

/** What somebody calls about their own profile, below `/staff/profile`, and with files anywhere. */
export function profileCalls(staffing: () => Staffing, who: () => Token): ProfileCalls {
  const get: ProfileCalls['get'] = async (path, { token } = who()) =>
    (await staffing().call('GET', `/staff/${path}`, { token })).body;
  return {
    get,
    items: async (path, as) => (await get(`profile/${path}`, as)).items,
    send: (method, path, body, more) =>
      staffing().call(method, `/staff/profile/${path}`, { token: who().token, body, ...more }),
    async sendFile(path, content, { fields = {}, key = randomUUID(), name = 'scan.bin' } = {}) {
      const form = new FormData();
      for (const [field, value] of Object.entries(fields)) form.set(field, value);
      // What it says of itself isn't believed.
      form.set('file', new File([content], name, { type: 'text/html' }));
      const headers = { authorization: `Bearer ${who().token}`, 'idempotency-key': key };
      const response = await fetch(staffing().url + path, { method: 'POST', body: form, headers });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
  };
}

/** Makes a tenant ask its staff for something. */
export async function askFor(
  { db }: Staffing,
  tenant: { id: string },
  kind: 'DOCUMENT' | 'ATTIRE',
  name: string,
): Promise<string> {
  const id = randomUUID();
  await db.none('insert into workforce.required_items (id, tenant_id, kind, code, name) values ($1, $2, $3, $4, $5)', [
    id,
    tenant.id,
    kind,
    name.toUpperCase().replaceAll(' ', '_'),
    name,
  ]);
  return id;
}
