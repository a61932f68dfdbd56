import { createTemplate } from './database.ts';
import { postgres, rabbitmq, stopServices } from './services.ts';

/** For a parallel run: starts what all its processes share, which inherit where it is. */
export async function mochaGlobalSetup(): Promise<void> {
  const [{ url }, broker] = await Promise.all([postgres(), rabbitmq(), createTemplate()]);
  Object.assign(process.env, {
    TEST_POSTGRES_URL: url,
    AMQP_URL: broker.url,
    AMQP_MANAGEMENT_URL: broker.managementUrl,
  });
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopServices();
}
