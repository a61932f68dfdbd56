// npm run bench: the contest. npm run bench -- memory | backlog | idle | marketplace | workforce | sync | console: one question about our own system.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBacklog } from './backlog.ts';
import { measureConsole } from './console.ts';
import type { Contestant } from './contestant.ts';
import { bullmqSynced, bullmqUnsynced } from './contestants/bullmq.ts';
import { graphileWorker } from './contestants/graphile-worker.ts';
import { koa } from './contestants/koa.ts';
import { millraceLocal, millraceRemote } from './contestants/millrace.ts';
import { pgBoss, pgBossNotify } from './contestants/pg-boss.ts';
import { measureIdle } from './idle.ts';
import { measureMarketplace } from './marketplace.ts';
import { measureMemory } from './memory.ts';
import { measureSync } from './sync.ts';
import { measureWorkforce } from './workforce.ts';
import { runsBuilt, stopAllProcesses } from './processes.ts';
import { drawTable, type Line } from './report.ts';
import { type RoundSettings, runRound } from './round.ts';
import { Services } from './services.ts';

const contestants = [
  koa,
  bullmqSynced,
  bullmqUnsynced,
  pgBoss,
  pgBossNotify,
  graphileWorker,
  millraceRemote,
  millraceLocal,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '64' },
    json: { type: 'string' },
  },
});

const services = new Services();
let closing: Promise<void> | undefined;
const close = () => (closing ??= stopAllProcesses().then(() => services.stop()));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void close().finally(() => process.exit(130)));

try {
  const settings = { connections: atLeastOne('connections'), seconds: atLeastOne('seconds') };
  const result = await measure(positionals[0], settings);
  if (values.json) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`);
} catch (error) {
  if (!closing) {
    console.error(error);
    process.exitCode = 1;
  }
} finally {
  await close();
}

function measure(question: string | undefined, settings: RoundSettings): Promise<unknown> {
  if (question === 'memory') return measureMemory(services, settings);
  if (question === 'backlog') return measureBacklog(services, settings);
  if (question === 'idle') return measureIdle(services);
  if (question === 'marketplace') return measureMarketplace(services, values.only);
  if (question === 'workforce') return measureWorkforce(services, values.only);
  if (question === 'sync') return measureSync(services);
  if (question === 'console') return measureConsole(services);
  if (question !== undefined)
    throw new Error(
      `no such bench: ${question}; there are memory, backlog, idle, marketplace, workforce, sync and console`,
    );
  return contest(chosen(values.only), atLeastOne('rounds'), settings);
}

async function contest(entrants: Contestant[], roundCount: number, settings: RoundSettings): Promise<unknown> {
  const lines: Line[] = entrants.map(contestant => ({ contestant, rounds: [] }));
  for (let round = 0; round < roundCount; round++) {
    // Every second round runs backwards: what warms or wears the machine in one round favours the others in the next.
    for (const { contestant, rounds } of round % 2 === 0 ? lines : lines.toReversed()) {
      const result = await runRound(contestant, services, settings);
      rounds.push(result);
      const completions =
        result.completionsPerSecond === undefined ? '' : `, ${Math.round(result.completionsPerSecond)} completions/s`;
      console.error(
        `round ${round + 1}: ${contestant.title}: ${Math.round(result.acceptsPerSecond)} accepts/s${completions}`,
      );
    }
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, Node ${process.version}, ${runsBuilt ? 'built' : 'through tsx'}`;
  const notes = [`${settings.connections} connections, ${roundCount} rounds of ${settings.seconds} s. ${machine}.`];
  console.log(drawTable(lines, notes));
  return {
    machine,
    settings,
    roundCount,
    lines: lines.map(({ contestant: { name, title }, rounds }) => ({ name, title, rounds })),
  };
}

function chosen(only: string | undefined): Contestant[] {
  if (only === undefined) return contestants;
  return only.split(',').map(name => {
    const found = contestants.find(contestant => contestant.name === name);
    if (!found) throw new Error(`no contestant ${name}; there are ${contestants.map(c => c.name).join(', ')}`);
    return found;
  });
}

function atLeastOne(option: 'rounds' | 'seconds' | 'connections'): number {
  const value = Number(values[option]);
  if (!(value >= 1)) throw new Error(`--${option} must be a number from 1`);
  return value;
}
