import { join, resolve } from 'node:path';
import { mkdirSync } from 'node:fs';
import { createLog } from '../../shared/log.ts';
import { runMain } from '../../shared/main.ts';
import { startStripeSandbox } from './stripe/server.ts';

/** The sandbox on its own, for systems whose parts run as processes or containers apart. Never beside real money. */
await runMain(async config => {
  if (config.nodeEnv === 'production' && !config.sandboxAllowed) {
    throw new Error('the sandbox does not start with NODE_ENV=production unless SANDBOX_ENABLED=true');
  }
  const log = createLog({ level: config.logLevel, name: 'sandbox' });
  const dataDir = resolve(config.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const stripe = await startStripeSandbox({
    host: config.host,
    port: config.sandboxPort,
    apiKey: config.stripeSecretKey ?? 'sk_test_sandbox',
    file: join(dataDir, 'stripe.log'),
    ...(config.sandboxPublicUrl === undefined ? {} : { publicUrl: config.sandboxPublicUrl }),
  });
  log.info({ stripe: stripe.url, port: stripe.port }, 'ready');
  return { stop: () => stripe.stop() };
});
