import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { openSpine } from '../db/spine.ts';
import { startEdge } from '../edge/server.ts';
import type { Config } from '../shared/config.ts';
import { completeSecrets } from '../shared/made-secrets.ts';
import { runMain } from '../shared/main.ts';
import { closePorts, connectPorts, publicUrlOf } from '../shared/ports/ports.ts';
import { startWorker } from '../workers/start.ts';
import { startConsole } from './console/server.ts';
import type { DemoFile } from './demo-data/demo-file.ts';
import { seedDemo } from './demo-data/seed-demo.ts';
import { startPostgres } from './embedded/postgres.ts';
import { rabbitmqInstalled, startRabbitmq } from './embedded/rabbitmq.ts';
import { providers, settingsOf, startSandbox, unconfiguredProviders } from './sandbox/sandbox.ts';
import { Ticker } from './ticker/ticker.ts';

/** What was started, to be stopped in the reverse order. */
type Closer = () => Promise<unknown>;

await runMain(async given => {
  const closers: Closer[] = [];
  const stop = async () => {
    for (const close of closers.reverse()) await close();
  };
  try {
    await startEverything(given, closers);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
});

/** The whole system in one process: services that are not configured are embedded, providers are the sandbox. */
async function startEverything(given: Config, closers: Closer[]): Promise<void> {
  if (given.nodeEnv === 'production')
    throw new Error('"npm start" is for development: in production run edge, workers and ticker, each on its own');
  const dataDir = resolve(given.dataDir);
  const say = (line: string) => console.log(line);
  const completed = completeSecrets({ ...given, dataDir });
  const unconfigured = unconfiguredProviders(given);
  const sandbox = unconfigured.length > 0 ? await startSandbox(completed, join(dataDir, 'sandbox')) : null;
  if (sandbox) closers.push(() => sandbox.stop());
  const services = await startServices(given, dataDir, closers, say);
  const config: Config = { ...completed, ...services, ...(sandbox ? settingsOf(sandbox, unconfigured) : {}) };
  const applied = await migrate(config.databaseUrl as string);
  if (applied.length > 0) say(`migrated  ${applied.join(', ')}`);

  const spine = await openSpine({ config, name: 'millrace' });
  closers.push(() => spine.close());
  let edgeUrl: string | undefined;
  const ports = connectPorts(config, spine.metrics, () => config.publicUrl ?? edgeUrl ?? publicUrlOf(config));
  closers.push(() => closePorts(ports));
  const worker = await startWorker(spine, ports);
  closers.push(() => worker.stop(config.shutdownGraceMs));
  const ticker = new Ticker(spine, ports);
  ticker.start();
  closers.push(() => ticker.stop());
  const edge = await startEdge(spine, ports);
  closers.push(() => edge.stop(config.shutdownGraceMs));
  edgeUrl = edge.url;
  sandbox?.hyperswitch.setWebhookUrl(config.sandboxWebhookUrl ?? `${edge.url}/api/v1/webhooks/hyperswitch`);
  const operators = await startConsole(spine, ports, { outboxUrl: sandbox?.outbox.url ?? null });
  closers.push(() => operators.stop());

  // So that `npm run ops` finds its way beside us.
  const runFile = join(dataDir, 'run.json');
  closers.push(async () => rmSync(runFile, { force: true }));
  const { stripeSecretKey, stripeApiBase } = config;
  const run = { ...services, stripeSecretKey, stripeApiBase, edge: edge.url, ops: operators.url, pid: process.pid };
  writeFileSync(runFile, JSON.stringify(run, null, 2), { mode: 0o600 });
  // Where a real provider is configured, nothing is made up.
  if (sandbox && unconfigured.length === providers.length) {
    const demo = await seedDemo({ spine, ports, dataDir, edge: edge.url, console: operators.url, sandbox });
    if (demo) sayAccounts(demo, say);
  }
  say(`edge      ${edge.url}   (try ${edge.url}/docs)`);
  say(`console   ${operators.url}   (and /readyz, /metrics)`);
  if (sandbox) say(`outbox    ${sandbox.outbox.url}   (the mail and the texts that were sent)`);
  say(`ready     in ${Math.round(performance.now())} ms; Ctrl-C drains and stops all of it`);
}

function sayAccounts({ marketplace, workforce, serviceKey, operator }: DemoFile, say: (line: string) => void): void {
  const { client, manager, reviewer, staff } = workforce;
  for (const [who, { email, password }] of Object.entries({ ...marketplace, client, manager, reviewer, operator }))
    say(`${who.padEnd(9)} ${email}  ${password}`);
  for (const { phoneNumber, code } of staff.slice(0, 2)) say(`staff     ${phoneNumber}  ${code}`);
  say(`key       ${serviceKey}`);
}

/** Starts what is not configured and answers the settings that lead to it. */
async function startServices(config: Config, dataDir: string, closers: Closer[], say: (line: string) => void) {
  const found = { databaseUrl: config.databaseUrl, brokerUrl: config.brokerUrl };
  await Promise.all([
    (async () => {
      if (found.databaseUrl !== undefined) return say('postgres  as configured');
      const postgres = await startPostgres({ dir: join(dataDir, 'postgres'), durable: true });
      closers.unshift(() => postgres.stop());
      found.databaseUrl = postgres.url;
      say(`postgres  embedded, port ${postgres.port}`);
    })(),
    (async () => {
      if (found.brokerUrl !== undefined) return say('broker    as configured');
      if (rabbitmqInstalled() === null) {
        found.brokerUrl = 'memory:';
        return say('broker    memory (rabbitmq-server is not installed)');
      }
      const rabbitmq = await startRabbitmq({ dir: join(dataDir, 'rabbitmq') });
      closers.unshift(() => rabbitmq.stop());
      found.brokerUrl = rabbitmq.url;
      say(`broker    a private RabbitMQ, port ${rabbitmq.port}`);
    })(),
  ]);
  return found;
}
