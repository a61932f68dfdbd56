import { statfs } from 'node:fs/promises';
import type { FilesPort } from '../../shared/ports/files.ts';
import type { EdgeServices } from '../services.ts';

/** `down` is what makes a whole process unready, `degraded` what it can work without for a while. */
export interface Check {
  status: 'ok' | 'degraded' | 'down' | 'not_configured' | 'not_used';
  details?: Record<string, unknown>;
}

const patienceMs = 2_000;
// Below this the embedded services and the logs are about to stop.
const lowDiskGb = 1;

/** Nothing of ours works without the database. */
export async function checkDatabase({ db }: Pick<EdgeServices, 'db'>): Promise<Check> {
  return (await answersInTime(db.one('select 1 as one'))) ? { status: 'ok' } : { status: 'down' };
}

/** Without a broker work is taken in all the same, and done when it is back. */
export async function checkBroker({ broker }: Pick<EdgeServices, 'broker'>): Promise<Check> {
  return (await answersInTime(broker.check())) ? { status: 'ok' } : { status: 'degraded' };
}

const filesSeen = new WeakMap<FilesPort, { atMs: number; check: Promise<Check> }>();
/** The look is a write, and on disk a flush: whoever asks often gets the last one's answer. */
const filesFreshMs = 10_000;

/** Without the file store uploads are refused and downloads fail; what is only rows goes on. */
export function checkFiles({ ports: { files } }: Pick<EdgeServices, 'ports'>): Promise<Check> {
  const seen = filesSeen.get(files);
  if (seen && performance.now() - seen.atMs < filesFreshMs) return seen.check;
  const check = answersInTime(files.check()).then((ok): Check => ({ status: ok ? 'ok' : 'degraded' }));
  filesSeen.set(files, { atMs: performance.now(), check });
  return check;
}

export async function checkDisk(directory: string): Promise<Check> {
  try {
    const { bavail, bsize } = await statfs(directory);
    const freeGb = Math.round((bavail * bsize) / 1e8) / 10;
    return { status: freeGb < lowDiskGb ? 'degraded' : 'ok', details: { free_gb: freeGb } };
  } catch {
    // A process with outside services only has no such folder.
    return { status: 'not_configured' };
  }
}

/** The worst of some checks. */
export function worstOf(checks: readonly Check[]): 'ok' | 'degraded' | 'down' {
  if (checks.some(({ status }) => status === 'down')) return 'down';
  return checks.some(({ status }) => status === 'degraded') ? 'degraded' : 'ok';
}

async function answersInTime(answer: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), patienceMs);
  });
  const came = answer.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([came, late]);
  } finally {
    clearTimeout(timer);
  }
}
