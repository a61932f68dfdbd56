import { openSpine } from '../db/spine.ts';
import { startHealthServer } from '../shared/health-server.ts';
import { completeSecrets } from '../shared/made-secrets.ts';
import { runMain } from '../shared/main.ts';
import { closePorts, connectPorts } from '../shared/ports/ports.ts';
import { startEdge } from './server.ts';

await runMain(async given => {
  const config = completeSecrets(given);
  const spine = await openSpine({ config, name: 'edge', apart: true });
  const ports = connectPorts(config, spine.metrics);
  const edge = await startEdge(spine, ports);
  const { log, metrics, ready } = spine;
  const health = await startHealthServer({ host: config.host, port: config.opsPort, ready, metrics, log });
  log.info({ edge: edge.url, ops: health.url }, 'ready');
  return {
    stop: async () => {
      await edge.stop(config.shutdownGraceMs);
      await health.close();
      await closePorts(ports);
      await spine.close();
    },
  };
});
