import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../embedded/error-code.ts';

const loginSchema = z.object({ email: z.email(), password: z.string() });

const signedInSchema = z.object({
  email: z.email(),
  /** Of the last start, good for a week; empty while there has been none. */
  token: z.string(),
});

const demoSchema = z.object({
  edge: z.url(),
  /** The operators' console. */
  console: z.url(),
  /** May post `noop` and `noop-local`. */
  serviceKey: z.string(),
  marketplace: z.object({ admin: loginSchema, seller: loginSchema, buyer: loginSchema }),
  workforce: z.object({
    client: loginSchema,
    /** Of the same business. */
    manager: loginSchema,
    reviewer: loginSchema,
    /** The first two have nothing to do in the days to come. */
    staff: z.array(
      z.object({
        phoneNumber: z.string(),
        /** That the phone is sent. */
        code: z.string(),
        /** Of a sign-in at the last start, good for an hour; empty while there has been none. */
        token: z.string(),
      }),
    ),
  }),
  fieldservice: z.object({
    /** '' until it is made. */
    tenantId: z.string(),
    manager: signedInSchema,
    /** Linked to an employee record. */
    employee: signedInSchema,
  }),
  /** Signs in at the console, as an admin. */
  operator: loginSchema,
  /** The sandbox, to look inside and to arm faults. */
  stripe: z.url(),
  hyperswitch: z.object({ url: z.url(), webhookSecret: z.string() }),
  /** The mail that was sent. */
  outbox: z.url(),
  /** What an RTMP server shows when it calls back. */
  live: z.object({ hookSecret: z.string() }),
  /** The identity provider's sandbox: clients refresh their tokens there, and see the codes that phones are sent. */
  identity: z.object({ url: z.url(), apiKey: z.string() }),
  /** The issuer of Clerk's session tokens: it makes them for anybody. */
  clerk: z.url(),
});
/** An older build's file lacks what was added since. */
const knownSchema = demoSchema.partial();

/** Addresses and demo accounts of one instance, so that scripts and tests can begin at once. */
export type DemoFile = z.infer<typeof demoSchema>;
export type Login = z.infer<typeof loginSchema>;

export function demoPath(dataDir: string): string {
  return join(dataDir, 'demo.json');
}

/** Null if there is none. Throws `SyntaxError` or `ZodError` for a file of another shape. */
export function readDemoFile(path: string): DemoFile | null {
  return readAs(demoSchema, path);
}

/** What of it is there, of a file of an older build too. As above otherwise. */
export function readKnownDemo(path: string): Partial<DemoFile> | null {
  return readAs(knownSchema, path) as Partial<DemoFile> | null;
}

function readAs<Shape>(schema: z.ZodType<Shape>, path: string): Shape | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all: the passwords are nowhere else. */
export function writeDemoFile(path: string, demo: DemoFile): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
}
