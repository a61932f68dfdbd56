import { isFinal } from '../../shared/state.ts';
import type { Watcher } from '../watch.ts';

/** Resolves once an attempt of a job has ended, whatever follows it; also after `timeoutMs`, or when the client has gone. */
export function untilAttemptEnds(
  watcher: Watcher,
  wanted: { jobId: string; attempt: number },
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  return new Promise(resolve => {
    const finish = () => {
      clearTimeout(timer);
      unsubscribe();
      options.signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, options.timeoutMs);
    const unsubscribe = watcher.subscribe(wanted.jobId, 0, job => {
      if (isFinal(job.state) || (job.state === 'pending' && job.attempt >= wanted.attempt)) finish();
    });
    options.signal.addEventListener('abort', finish, { once: true });
    if (options.signal.aborted) finish();
  });
}
