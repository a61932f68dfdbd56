import { openSpine } from '../../db/spine.ts';
import { completeSecrets } from '../../shared/made-secrets.ts';
import { runMain } from '../../shared/main.ts';
import { closePorts, connectPorts } from '../../shared/ports/ports.ts';
import { startConsole } from './server.ts';

await runMain(async given => {
  const config = completeSecrets(given);
  const spine = await openSpine({ config, name: 'console', apart: true });
  const ports = connectPorts(config, spine.metrics);
  const running = await startConsole(spine, ports, { outboxUrl: config.outboxUrl ?? null });
  spine.log.info({ console: running.url }, 'ready');
  return {
    stop: async () => {
      await running.stop();
      await closePorts(ports);
      await spine.close();
    },
  };
});
