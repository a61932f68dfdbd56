import { z } from 'zod';

/** What the sandbox's outbox kept, newest first, or why nobody knows. */
export type Kept<Row> = { rows: Row[] } | { problem: string };

const mail = z.object({
  id: z.int(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  attachments: z.array(z.unknown()),
  receivedAt: z.iso.datetime(),
  deliveries: z.int(),
});
export type OutboxMail = z.output<typeof mail>;

const text = z.object({
  sid: z.string(),
  to: z.string(),
  body: z.string(),
  status: z.string(),
  errorCode: z.int().nullable(),
  /** Unix milliseconds. */
  createdAt: z.number(),
});
export type OutboxText = z.output<typeof text>;

const patienceMs = 3_000;
/** The outbox keeps at most 2,000 mails, of whose texts it tells 16 KB each. */
const maxBytes = 48 * 1024 ** 2;

export async function readMails(outboxUrl: string, limit: number): Promise<Kept<OutboxMail>> {
  return read(outboxUrl, `mails.json?limit=${limit}`, z.object({ mails: z.array(mail) }), found => found.mails, limit);
}

export async function readTexts(outboxUrl: string, limit: number): Promise<Kept<OutboxText>> {
  return read(outboxUrl, `texts.json?limit=${limit}`, z.object({ texts: z.array(text) }), found => found.texts, limit);
}

/** Never rejects. */
async function read<Schema extends z.ZodType, Row>(
  outboxUrl: string,
  path: string,
  schema: Schema,
  rowsOf: (found: z.output<Schema>) => Row[],
  limit: number,
): Promise<Kept<Row>> {
  try {
    const url = new URL(path, outboxUrl.replace(/\/*$/, '/'));
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) return { problem: `it answered ${response.status}` };
    const found = schema.safeParse(JSON.parse(await readBounded(response)));
    return found.success ? { rows: rowsOf(found.data).slice(0, limit) } : { problem: 'it answered something else' };
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
    return { problem: cause instanceof Error ? cause.message : message };
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error('it holds more than can be listed here');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
