import { openSpine } from '../../db/spine.ts';
import { startHealthServer } from '../../shared/health-server.ts';
import { completeSecrets } from '../../shared/made-secrets.ts';
import { runMain } from '../../shared/main.ts';
import { closePorts, connectPorts } from '../../shared/ports/ports.ts';
import { Ticker } from './ticker.ts';

await runMain(async given => {
  const config = completeSecrets(given);
  const spine = await openSpine({ config, name: 'ticker', apart: true });
  const ports = connectPorts(config, spine.metrics);
  const ticker = new Ticker(spine, ports);
  ticker.start();
  const { log, metrics, ready } = spine;
  const health = await startHealthServer({ host: config.host, port: config.opsPort, ready, metrics, log });
  log.info({ ops: health.url }, 'ready');
  return {
    stop: async () => {
      await ticker.stop();
      await health.close();
      await closePorts(ports);
      await spine.close();
    },
  };
});
