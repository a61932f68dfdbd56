import { openSpine } from '../../db/spine.ts';
import { jobsSurface } from '../../edge/jobs/surface.ts';
import { startEdge } from '../../edge/server.ts';
import { catalogOf } from '../../shared/catalog.ts';
import { runMain } from '../../shared/main.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { charge, tally } from './kinds.ts';

/** An edge of the fault suite's kinds as a process of its own; it logs its address as `edge` when it is ready. */
await runMain(async config => {
  const spine = await openSpine({ config, name: 'edge', catalog: catalogOf([tally, charge]), settlers: new Map() });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the jobs surface touches no port
  const edge = await startEdge(spine, {} as Ports, { surfaces: [jobsSurface({ verifiers: {} })] });
  spine.log.info({ edge: edge.url }, 'ready');
  return {
    stop: async () => {
      await edge.stop(config.shutdownGraceMs);
      await spine.close();
    },
  };
});
