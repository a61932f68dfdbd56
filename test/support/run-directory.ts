import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../../ops/embedded/error-code.ts';
import { endOrphan } from '../../ops/embedded/private-process.ts';
import { markedPid, processMark } from '../../ops/embedded/process-mark.ts';

const prefix = 'millrace-test-';
const markName = 'run.pid';
let root: string | null = null;

/** A new directory of this run, below one that `removeRunDirectory` removes. */
export async function runDirectory(name: string): Promise<string> {
  root ??= await createRoot();
  const dir = mkdtempSync(join(root, `${name}-`));
  // An embedded Postgres runs as another user when the tests run as root.
  chmodSync(dir, 0o755);
  return dir;
}

export function removeRunDirectory(): void {
  const made = root;
  root = null;
  // A server that was killed may still have a helper that writes its last.
  if (made !== null) rmSync(made, { recursive: true, force: true, maxRetries: 5 });
}

async function createRoot(): Promise<string> {
  const made = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(made, 0o755);
  // Renamed when whole: another run takes a directory whose mark names nobody for a dead run's.
  const mark = join(made, markName);
  writeFileSync(`${mark}.new`, processMark(process.pid) ?? '');
  renameSync(`${mark}.new`, mark);
  await sweepDeadRuns();
  return made;
}

/** Runs that were killed leave their servers and directories behind; the next one clears them away. */
async function sweepDeadRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter(entry => entry.startsWith(prefix))) {
    const run = join(tmpdir(), name);
    const mark = join(run, markName);
    if (!existsSync(mark) || markedPid(mark) !== null) continue;
    try {
      for (const service of readdirSync(run, { withFileTypes: true }).filter(entry => entry.isDirectory()))
        for (const file of readdirSync(join(run, service.name)).filter(entry =>
          /^(postgres|rabbitmq|epmd)(-\d+)?\.pid$/.test(entry),
        ))
          await endOrphan(join(run, service.name, file), 'SIGKILL');
      rmSync(run, { recursive: true, force: true });
    } catch (error) {
      // Another user's, or being cleared by another run.
      if (!['EACCES', 'EPERM', 'ENOENT', 'ENOTEMPTY'].includes(errorCode(error) ?? '')) throw error;
    }
  }
}
