import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../shared/fault.ts';
import { errorCode } from '../embedded/error-code.ts';

const runSchema = z.object({
  databaseUrl: z.string(),
  brokerUrl: z.string(),
  stripeSecretKey: z.string().optional(),
  stripeApiBase: z.string().optional(),
  edge: z.string(),
  ops: z.string(),
  pid: z.int(),
});

/** Where a running `npm start` and what it has started are to be found. */
export type RunFile = z.infer<typeof runSchema>;

/** The instance that runs on a data directory; null if none does. Throws `Fault('unavailable')` for a file that isn't one. */
export function readRunFile(dataDir: string): RunFile | null {
  const file = join(dataDir, 'run.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Fault('unavailable', `${file} can't be read (${code ?? 'unknown error'}): are you who started it?`);
  }
  const run = parse(text);
  if (!run) throw new Fault('unavailable', `${file} is not what "npm start" writes.`);
  return isAlive(run.pid) ? run : null;
}

function parse(text: string): RunFile | null {
  try {
    return runSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with what it leaves out filled in from the instance that runs on `DATA_DIR`. Throws
 * `Fault('unavailable')` if that leaves the database unknown.
 */
export function besideRunning(env: Environment): Environment {
  if (env['DATABASE_URL']) return env;
  const dataDir = env['DATA_DIR'] || '.data';
  const run = readRunFile(dataDir);
  if (!run)
    throw new Fault(
      'unavailable',
      `DATABASE_URL is not set and no "npm start" runs on ${dataDir}: do either, then try again.`,
    );
  return {
    ...env,
    DATABASE_URL: run.databaseUrl,
    BROKER_URL: env['BROKER_URL'] || run.brokerUrl,
    STRIPE_SECRET_KEY: env['STRIPE_SECRET_KEY'] || run.stripeSecretKey,
    STRIPE_API_BASE: env['STRIPE_API_BASE'] || run.stripeApiBase,
  };
}
