import { openSpine, type Spine } from '../../../db/spine.ts';
import { startEdge } from '../../../edge/server.ts';
import { demoPath, type DemoFile, writeDemoFile } from '../../../ops/demo-data/demo-file.ts';
import { noField } from '../../../ops/demo-data/field.ts';
import { seedStaffing } from '../../../ops/demo-data/staffing.ts';
import { staffingLogins } from '../../../ops/demo-data/staffing-people.ts';
import { readConfig } from '../../../shared/config.ts';
import { completeSecrets } from '../../../shared/made-secrets.ts';
import { startWorker } from '../../../workers/start.ts';
import { createDatabase } from '../../support/database.ts';
import { startOutside, type Outside } from '../../support/outside.ts';
import { runDirectory } from '../../support/run-directory.ts';

/** A running system without any data, and the demo file that is to be filled in. */
export interface StaffingSystem {
  spine: Spine;
  outside: Outside;
  databaseUrl: string;
  dataDir: string;
  demo: DemoFile;
  /** Seeds the staffing demo and writes the demo file. */
  seed: (options?: Parameters<typeof seedStaffing>[2]) => Promise<void>;
  stop: () => Promise<void>;
}

export async function openStaffingSystem(): Promise<StaffingSystem> {
  const database = await createDatabase();
  const jwtSecret = 'a secret that signs the addresses of files';
  const outside = await startOutside({ timeoutMs: 5_000, jwtSecret });
  const dataDir = await runDirectory('data');
  const env = {
    DATABASE_URL: database.url,
    BROKER_URL: 'memory:',
    DATA_DIR: dataDir,
    JWT_SECRET: jwtSecret,
    PORT: '0',
    LOG_LEVEL: 'silent',
    RELAY_EVERY_MS: '50',
  };
  const config = completeSecrets(readConfig(env));
  const spine = await openSpine({ config, name: 'test' });
  const { ports, identity, clerk, stripe, hyperswitch, outbox } = outside;
  const worker = await startWorker(spine, ports);
  const edge = await startEdge(spine, ports);
  outside.setEdgeUrl(edge.url);
  const nobody = { email: 'nobody@example.com', password: 'nothing' };
  const demo: DemoFile = {
    edge: edge.url,
    console: 'http://127.0.0.1:1',
    serviceKey: 'none',
    marketplace: { admin: nobody, seller: nobody, buyer: nobody },
    workforce: staffingLogins(undefined),
    fieldservice: noField,
    operator: nobody,
    stripe: stripe.url,
    hyperswitch: { url: hyperswitch.url, webhookSecret: hyperswitch.webhookSecret },
    outbox: outbox.url,
    live: { hookSecret: 'none' },
    identity: { url: identity.url, apiKey: identity.apiKey },
    clerk: clerk.url,
  };
  return {
    spine,
    outside,
    databaseUrl: database.url,
    dataDir,
    demo,
    async seed(options) {
      demo.workforce = await seedStaffing({ ...spine, ports }, demo, options);
      writeDemoFile(demoPath(dataDir), demo);
    },
    async stop() {
      await edge.stop(1_000);
      await worker.stop(1_000);
      await spine.close();
      await outside.stop();
      await database.drop();
    },
  };
}
