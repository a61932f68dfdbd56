import { randomInt } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startClusterBroker, startSingleBroker } from './broker-under-test.ts';
import type { FaultKind } from './fault-kind.ts';
import { faultKinds } from './kinds.ts';
import { formatReport, isClean } from './report.ts';
import { runFaults } from './run-faults.ts';

const usage = `npm run faults -- [--minutes 2] [--seed N] [--rate 100] [--broker cluster] [--only kill-worker,postgres-fast] [--logs DIR]

Starts a system of its own, gives it all kinds of work at a rate (pieces a second), breaks it in one way after another, lets it
settle and checks that nothing was lost or done twice. Exits with 1 if anything was. The broker is one RabbitMQ node, or a cluster
of three. --logs keeps the processes' logs there.

Faults: ${faultKinds.map(({ name }) => name).join(', ')}`;

/** A worker's lease, as the product has it. */
const leaseMs = 10_000;
const settleTimeoutMs = 180_000;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string' },
      rate: { type: 'string', default: '100' },
      broker: { type: 'string', default: 'single' },
      only: { type: 'string' },
      logs: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const [minutes, rate, seed] = [+values.minutes, +values.rate, +(values.seed ?? randomInt(1, 1_000_000))];
  const kinds = kindsOf(values.only);
  const startBroker = { single: startSingleBroker, cluster: startClusterBroker }[values.broker];
  if (values.help || !(minutes > 0) || !(rate > 0) || !Number.isInteger(seed) || !kinds || !startBroker) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const breakOff = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => breakOff.abort(new Error(`broken off by ${signal}`)));
  console.log(
    `seed ${seed}: ${minutes} min at ${rate} pieces of work a second, ${kinds.length} kinds of fault, broker: ${values.broker}`,
  );
  try {
    const report = await runFaults({
      seed,
      seconds: minutes * 60,
      ratePerSecond: rate,
      kinds,
      leaseMs,
      startBroker,
      settleTimeoutMs,
      signal: breakOff.signal,
      say: line => console.log(line),
      inspect: async ({ members }) => {
        if (values.logs === undefined) return;
        await mkdir(values.logs, { recursive: true });
        for (const { logFile } of members) await copyFile(logFile, join(values.logs, basename(logFile)));
      },
    });
    console.log(formatReport(report));
    return isClean(report) ? 0 : 1;
  } catch (error) {
    console.error(breakOff.signal.aborted ? String(breakOff.signal.reason) : error);
    return 1;
  }
}

/** Null for a name that no fault has. */
function kindsOf(only: string | undefined): readonly FaultKind[] | null {
  if (only === undefined) return faultKinds;
  const names = only.split(',');
  const kinds = faultKinds.filter(({ name }) => names.includes(name));
  return kinds.length === names.length ? kinds : null;
}
