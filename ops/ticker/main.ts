import { openSpine } from '../../db/spine.ts';
import { startHealthServer } from '../../shared/health-server.ts';
import { runMain } from '../../shared/main.ts';
import { connectPorts } from '../../shared/ports/ports.ts';
import { Ticker } from './ticker.ts';

await runMain(async config => {
  const spine = await openSpine({ config, name: 'ticker', apart: true });
  const ticker = new Ticker(spine, connectPorts(config, spine.metrics));
  ticker.start();
  const { log, metrics, ready } = spine;
  const health = await startHealthServer({ host: config.host, port: config.opsPort, ready, metrics, log });
  log.info({ ops: health.url }, 'ready');
  return {
    stop: async () => {
      await ticker.stop();
      await health.close();
      await spine.close();
    },
  };
});
