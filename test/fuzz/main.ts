// npm run fuzz -- [--requests N] [--seed N] [--lanes N] [--surface x] [--only "POST /x"]: requests of every kind against a system of its own.
import { parseArgs } from 'node:util';
import { stopServices } from '../support/services.ts';
import { type Finding, fuzz } from './fuzz.ts';
import { writeFinding, writeReport } from './report.ts';
import { type FuzzWorld, openWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.trunc(Math.random() * 2 ** 31)) },
    lanes: { type: 'string', default: '8' },
    surface: { type: 'string' },
    only: { type: 'string' },
  },
});

const [seed, requests, lanes] = [Number(values.seed), Number(values.requests), Number(values.lanes)];
if (![seed, requests, lanes].every(Number.isSafeInteger) || requests < 1 || lanes < 1)
  throw new Error('--seed, --requests and --lanes are whole numbers');
console.log(`seed ${seed}`);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

try {
  await run(await openWorld({ logLevel: 'error' }));
} finally {
  await stopServices();
}
process.exit();

async function run(world: FuzzWorld): Promise<void> {
  const heap: string[] = [];
  const weigh = (sent: number) => {
    globalThis.gc?.();
    heap.push(`${sent}: ${Math.round(process.memoryUsage().heapUsed / 2 ** 20)}`);
  };
  const everySent = Math.max(1_000, Math.round(requests / 10_000) * 1_000);
  const onProgress = (sent: number) => {
    if (sent % everySent === 0) weigh(sent);
    if (sent % 10_000 === 0) console.error(`${sent} requests`);
  };
  try {
    weigh(0);
    const { surface, only } = values;
    const { signal } = stopping;
    const onFinding = (finding: Finding) => writeFinding(finding, seed);
    const report = await fuzz(world, { seed, requests, lanes, surface, only, signal, onProgress, onFinding });
    weigh(report.sent);
    writeReport(report);
    console.log(`heap after a collection, MB by requests: ${heap.join(', ')}`);
    if (report.findings.length > 0) process.exitCode = 1;
  } finally {
    await world.stop();
  }
}
