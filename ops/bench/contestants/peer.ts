import { z } from 'zod';
import type { Running } from '../contestant.ts';
import { firstMessage, startProcess } from '../processes.ts';

/** Starts `<name>-worker` and then `<name>-edge`, each given the address of the store as its argument. */
export async function startPeer(name: string, args: string[], worker = true): Promise<Running> {
  const file = `ops/bench/contestants/${name}`;
  const workers = worker ? [startProcess(`${file}-worker`, { args })] : [];
  for (const started of workers) await firstMessage(started);
  const edge = startProcess(`${file}-edge`, { args });
  const { port } = z.object({ port: z.int() }).parse(await firstMessage(edge));
  const [first] = workers;
  return {
    target: { url: `http://127.0.0.1:${port}/jobs/noop`, headers: {} },
    edgePid: edge.pid,
    ...(first && { workerPid: first.pid }),
    stop: async () => {
      await edge.stop();
      await first?.stop();
    },
  };
}
