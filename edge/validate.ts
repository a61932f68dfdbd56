import type { z } from 'zod';
import { Fault } from '../shared/fault.ts';

const maxIssues = 20;

/** The input as its schema makes it; undefined without a schema. Throws `Fault('invalid')` that names each field. */
export function checkInput(schema: z.ZodType | undefined, input: unknown, where: 'path' | 'query' | 'body'): unknown {
  if (!schema) return undefined;
  const checked = schema.safeParse(input);
  if (checked.success) return checked.data;
  throw invalidInput(checked.error, where);
}

/** `details.issues`: `[{in, path, message}]`, at most 20. */
export function invalidInput(error: z.ZodError, where: string, prefix: readonly PropertyKey[] = []): Fault {
  const issues = error.issues.slice(0, maxIssues).map(issue => ({
    in: where,
    path: [...prefix, ...issue.path].map(String).join('.'),
    message: issue.message,
  }));
  const [first] = issues;
  const text = first
    ? `${first.path ? `${first.path}: ` : ''}${first.message}`
    : 'The input is not what this route takes.';
  return new Fault('invalid', `Invalid ${where}: ${text}`, { details: { issues } });
}
