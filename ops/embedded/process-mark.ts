import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * A line that tells one process from any other that had or will have its pid: the pid and when it began.
 * Null when no such process runs (a zombie has ended).
 */
export function processMark(pid: number): string | null {
  const began = existsSync('/proc/self/stat') ? beganInProc(pid) : beganInPs(pid);
  return began === null ? null : `${pid} ${began}`;
}

/** The pid whose mark was written to `file`, if that same process still runs. */
export function markedPid(file: string): number | null {
  if (!existsSync(file)) return null;
  const mark = readFileSync(file, 'utf8').trim();
  const pid = Number.parseInt(mark, 10);
  return pid > 0 && processMark(pid) === mark ? pid : null;
}

function beganInProc(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is the name in brackets, which may hold spaces: count from behind it (state is then 0, start 19).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

function beganInPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state = 'Z', ...began] = line.split(/\s+/);
    return state.startsWith('Z') ? null : began.join(' ');
  } catch {
    return null;
  }
}
