import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Fault } from '../../shared/fault.ts';

const maxBytes = 262_144;

/** The fields of a form as browsers post it: texts, or lists of texts where a name came more than once. Throws `Fault`. */
export async function readForm(request: IncomingMessage): Promise<Record<string, string | string[]>> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
    throw new Fault('invalid', 'A form must be sent as application/x-www-form-urlencoded.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Fault('too_large', 'The form is too large.');
    chunks.push(chunk);
  }
  const sent = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const form: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const name of new Set(sent.keys())) {
    const values = sent.getAll(name).map(value => value.replaceAll('\u0000', ''));
    form[name] = values.length === 1 ? (values[0] as string) : values;
  }
  return form;
}

/** What was sent, as its schema has it. Throws `Fault('invalid')` that names each field that does not fit. */
export function readAs<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const read = schema.safeParse(sent);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new Fault('invalid', `${problems.join('; ')}.`);
}
