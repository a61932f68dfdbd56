import { setMaxListeners } from 'node:events';
import { checkDevices } from './checks/devices.ts';
import { checkDocuments } from './checks/documents.ts';
import { checkJobs } from './checks/jobs.ts';
import { checkAtRest, checkGone } from './checks/leftovers.ts';
import { checkMessages } from './checks/messages.ts';
import { checkMoney } from './checks/money.ts';
import { Client } from './client.ts';
import { type FaultKind, waiting } from './fault-kind.ts';
import { injectFaults } from './inject.ts';
import { watchJobMoves } from './job-moves.ts';
import { Ledger } from './ledger.ts';
import { startLoad } from './load.ts';
import { invitePeople } from './people.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Report } from './report.ts';
import { settle } from './settle.ts';
import { type FaultySystem, startSystem, type SystemOptions } from './system.ts';
import type { Work } from './work.ts';
import { fieldWork, makeDevices } from './work/field.ts';
import { jobWork } from './work/jobs.ts';
import { libraryWork } from './work/library.ts';
import { shopWork } from './work/shop.ts';
import { staffingWork } from './work/staffing.ts';

export interface RunOptions extends SystemOptions {
  seed: number;
  seconds: number;
  ratePerSecond: number;
  kinds: readonly FaultKind[];
  /** For as long as clients may still wait for answers, and then for as long as jobs may still run, once no fault is left. */
  settleTimeoutMs: number;
  /** Breaks the run off: everything is stopped and removed, and the run rejects. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Called with the system before it is stopped, where somebody wants to look at what went wrong. */
  inspect?: (system: FaultySystem, report: Report) => Promise<void>;
}

/** Starts a system, loads it, breaks it, lets it settle, looks at everything, and removes it. */
export async function runFaults(options: RunOptions): Promise<Report> {
  const { signal, say } = options;
  setMaxListeners(0, signal); // one for each request and pause
  const startedMs = performance.now();
  const system = await startSystem(options);
  const stop = () => void system.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    say(
      `started in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s under ${system.dir}; a full disk is ${system.disk.how}`,
    );
    return await run(system, options);
  } finally {
    signal.removeEventListener('abort', stop);
    await system.stop();
  }
}

async function run(system: FaultySystem, options: RunOptions): Promise<Report> {
  const { seed, seconds, ratePerSecond, kinds, settleTimeoutMs, signal, say } = options;
  const { db, url } = system;
  await watchJobMoves(db);
  const people = await invitePeople(system);
  const random = new SeededRandom(seed);
  const ledger = new Ledger();
  const noMoreAnswers = new AbortController();
  const noMoreSteps = new AbortController();
  for (const { signal: long } of [noMoreAnswers, noMoreSteps]) setMaxListeners(0, long);
  const client = new Client(url, ledger, AbortSignal.any([signal, noMoreAnswers.signal]));
  const devices = makeDevices(people);
  const works: Work[] = [...jobWork, ...shopWork, ...libraryWork, ...staffingWork, ...fieldWork(devices)];

  const beganMs = performance.now();
  const deps = { client, ledger, people, db, ending: noMoreSteps.signal };
  const load = startLoad(deps, works, { ratePerSecond, random: random.fork() });
  const breakOff = () => {
    noMoreSteps.abort();
    void load.stop();
  };
  signal.addEventListener('abort', breakOff, { once: true });
  const untilMs = Date.now() + seconds * 1_000;
  const faultDeps = { system, random: random.fork(), wait: waiting(signal) };
  const injected = await injectFaults(faultDeps, { kinds, untilMs, signal, serviceKey: people.serviceKey, say });
  const loadedS = (performance.now() - beganMs) / 1_000;

  say(`settling: ${load.underWay()} pieces of work are under way`);
  noMoreSteps.abort();
  const late = setTimeout(() => noMoreAnswers.abort(), settleTimeoutMs);
  await load.stop();
  clearTimeout(late);
  const restless = await settle(system, { timeoutMs: settleTimeoutMs, signal });
  const { unanswered } = ledger;
  signal.throwIfAborted();

  say('checking');
  const money = await checkMoney(db, system.sandbox, ledger);
  const { findings: ofMessages, ...messages } = await checkMessages(db, system.sandbox);
  const late2 = new Client(url, ledger, AbortSignal.any([signal, AbortSignal.timeout(60_000)]));
  const findings = [
    ...(await checkJobs(db, ledger)),
    ...money.findings,
    ...ofMessages,
    ...(await checkDocuments(db, `${system.dir}/data/files`)),
    ...(await checkDevices(late2, devices)),
    ...(await checkAtRest(system)),
  ];
  const { jobs } = await db.one<{ jobs: number }>('select count(*) as jobs from core.jobs');
  const { unexpected, requests, retries, statuses } = ledger;
  const { begun } = load;
  const { centsApart, paidCents } = money;
  const told = {
    unexpected,
    requests,
    retries,
    statuses,
    begun,
    centsApart,
    paidCents,
    messages,
    restless,
    unanswered,
  };
  const report: Report = { seed, injected, findings, seconds: loadedS, jobs, ...told };
  await options.inspect?.(system, report);
  await system.stopMembers();
  findings.push(...(await checkGone(system)));
  return report;
}
