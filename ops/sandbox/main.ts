import { resolve } from 'node:path';
import { createLog } from '../../shared/log.ts';
import { runMain } from '../../shared/main.ts';
import { startSandbox } from './sandbox.ts';

/** The sandbox on its own, for systems whose parts run as processes or containers apart. Never beside real money. */
await runMain(async config => {
  if (config.nodeEnv === 'production' && !config.sandboxAllowed) {
    throw new Error('the sandbox does not start with NODE_ENV=production unless SANDBOX_ENABLED=true');
  }
  const log = createLog({ level: config.logLevel, name: 'sandbox' });
  const sandbox = await startSandbox(config, resolve(config.dataDir));
  const { stripe, hyperswitch, outbox, twilio } = sandbox;
  log.info(
    {
      stripe: stripe.url,
      hyperswitch: hyperswitch.url,
      smtp: outbox.smtpUrl,
      outbox: outbox.url,
      twilio: twilio.url,
    },
    'ready',
  );
  return { stop: () => sandbox.stop() };
});
