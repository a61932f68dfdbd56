import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './error-code.ts';
import { markedPid, processMark } from './process-mark.ts';

const claimed = new Set<string>();
process.on('exit', () => claimed.forEach(file => rmSync(file, { force: true })));

/**
 * Makes this process the only owner of `dir` (which exists) until the returned function is called or the process ends.
 * A claim left by a process that is gone is taken over. Throws when the owner is alive, this process included.
 */
export function claimDirectory(dir: string): () => void {
  const file = join(dir, 'owner.pid');
  const inUse = () => new Error(`${dir} is in use by process ${readFileSync(file, 'utf8').split(' ')[0]}`);
  if (existsSync(file)) {
    if (markedPid(file) !== null) throw inUse();
    removeStale(file);
  }
  try {
    writeFileSync(file, processMark(process.pid) ?? String(process.pid), { flag: 'wx' });
  } catch (error) {
    throw errorCode(error) === 'EEXIST' ? inUse() : error;
  }
  claimed.add(file);
  return () => {
    if (claimed.delete(file)) rmSync(file, { force: true });
  };
}

/** Moved aside before it is removed: of two that find one stale claim, the later may have caught the earlier's new one. */
function removeStale(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another was faster; the exclusive write decides
  }
  if (markedPid(aside) !== null && !existsSync(file)) linkSync(aside, file);
  rmSync(aside);
}
