import { openSpine } from '../../db/spine.ts';
import { catalogOf } from '../../shared/catalog.ts';
import { runMain } from '../../shared/main.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { startWorker } from '../../workers/start.ts';
import { charge, handlersOf, tally } from './kinds.ts';

/** A worker of the fault suite's kinds as a process of its own, to be killed, stopped and paused. */
await runMain(async config => {
  const catalog = catalogOf([tally, charge]);
  const spine = await openSpine({ config, name: 'worker', catalog, settlers: new Map(), apart: true });
  const registry = new Map(handlersOf(process.env['FLOW_PROVIDER_URL'] as string));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these handlers touch no port
  const worker = await startWorker(spine, {} as Ports, { registry });
  spine.log.info({ worker: worker.heartbeat.id }, 'ready');
  return {
    stop: async () => {
      await worker.stop(config.shutdownGraceMs);
      await spine.close();
    },
  };
});
