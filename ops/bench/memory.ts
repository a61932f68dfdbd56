import { setTimeout as sleep } from 'node:timers/promises';
import { startMillrace } from './contestants/millrace.ts';
import { runLoad } from './load.ts';
import { currentRssMb, runsBuilt } from './processes.ts';
import { drained, type RoundSettings } from './round.ts';
import type { Services } from './services.ts';

const jobs = 200_000;

interface Reading {
  /** Jobs completed when it was read. */
  completed: number;
  edgeMb: number;
  workerMb: number;
}

/** Posts 200,000 jobs and reads what edge and worker hold each second: they must be flat over the last 100,000. */
export async function measureMemory(services: Services, { connections }: RoundSettings): Promise<unknown> {
  const running = await startMillrace(services, 'noop');
  try {
    const readings: Reading[] = [];
    const ended = new AbortController();
    const reader = (async () => {
      while (!ended.signal.aborted) {
        const completed = await running.completed();
        const [edgeMb, workerMb] = await Promise.all([currentRssMb(running.edgePid), currentRssMb(running.workerPid)]);
        readings.push({ completed, edgeMb, workerMb });
        await sleep(1000, undefined, { signal: ended.signal }).catch(() => {});
      }
    })();
    const load = await runLoad({ target: running.target, connections, seconds: 600, requests: jobs });
    const missing = await drained(running, load.accepted);
    ended.abort();
    await reader;
    const show = (name: string, share: number) => {
      const reading = readings.find(r => r.completed >= load.accepted * share) ?? readings.at(-1);
      if (!reading) return;
      const { completed, edgeMb, workerMb } = reading;
      console.log(`${name}: edge ${edgeMb.toFixed(0)} MB, worker ${workerMb.toFixed(0)} MB (after ${completed} jobs)`);
    };
    show('at 100,000', 0.5);
    show('at 200,000', 0.99);
    const most = (key: 'edgeMb' | 'workerMb') => Math.max(...readings.map(r => r[key])).toFixed(0);
    console.log(
      `most: edge ${most('edgeMb')} MB, worker ${most('workerMb')} MB; ${runsBuilt ? 'built' : 'through tsx'}`,
    );
    console.log(`${load.accepted} accepted, ${load.refused} refused, ${missing} not completed`);
    return { readings, load, missing };
  } finally {
    await running.stop();
  }
}
