import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant, Running } from './contestant.ts';
import { runLoad } from './load.ts';
import { percentile } from './percentile.ts';
import { peakRssMb } from './processes.ts';
import { ResultWatch } from './result-watch.ts';
import type { Services } from './services.ts';

export interface RoundSettings {
  connections: number;
  seconds: number;
}

/** One contestant's figures of one round. Those about results are absent for a contestant that does no work. */
export interface Round {
  acceptsPerSecond: number;
  acceptP50Ms: number;
  acceptP99Ms: number;
  refused: number;
  /** How much of one core the load generator used. */
  loadCpuShare: number;
  completionsPerSecond?: number;
  /** Completions recorded when the load ended, as a share of the accepts. */
  keptUp?: number;
  /** Accepted, and not completed a minute after the load. */
  lost?: number;
  resultP50Ms?: number;
  resultP99Ms?: number;
  edgeRssMb: number;
  workerRssMb?: number;
}

const warmUpSeconds = 4;
const halfLoadSeconds = 5;
const drainDeadlineMs = 60_000;
/** Enough for a p99 of 500, few enough that following them costs the two cores next to nothing. */
const samplesPerSecond = 100;

/** Warm-up, full load, drain, half load, on a store of its own. */
export async function runRound(contestant: Contestant, services: Services, settings: RoundSettings): Promise<Round> {
  const running = await contestant.start(services);
  try {
    const { target } = running;
    const { connections, seconds } = settings;
    const warmUp = await runLoad({ target, connections, seconds: warmUpSeconds });
    await drained(running, warmUp.accepted);

    const full = await runLoad({ target, connections, seconds });
    const round: Round = {
      acceptsPerSecond: full.accepted / full.seconds,
      acceptP50Ms: full.acceptP50Ms,
      acceptP99Ms: full.acceptP99Ms,
      refused: full.refused,
      loadCpuShare: full.cpuShare,
      edgeRssMb: 0,
    };
    if (running.completed && running.finished) {
      const atEnd = (await running.completed()) - warmUp.accepted;
      const missing = await drained(running, warmUp.accepted + full.accepted);
      const elapsedMs = performance.timeOrigin + performance.now() - full.startedAtMs;
      round.keptUp = Math.min(1, atEnd / full.accepted);
      round.lost = missing;
      round.completionsPerSecond = ((full.accepted - missing) * 1000) / elapsedMs;

      const ratePerSecond = round.acceptsPerSecond / 2;
      const sampleEvery = Math.max(1, Math.round(ratePerSecond / samplesPerSecond));
      const watch = new ResultWatch(running.finished);
      await runLoad({ target, connections, seconds: halfLoadSeconds, ratePerSecond, sampleEvery }, watch.add);
      const latenciesMs = await watch.end(drainDeadlineMs);
      round.resultP50Ms = percentile(latenciesMs, 0.5);
      round.resultP99Ms = percentile(latenciesMs, 0.99);
    }
    round.edgeRssMb = await peakRssMb(running.edgePid);
    if (running.workerPid) round.workerRssMb = await peakRssMb(running.workerPid);
    return round;
  } finally {
    await running.stop();
  }
}

/** Waits until so many jobs are completed; answers how many are missing at the deadline. */
export async function drained(running: Running, expected: number, deadlineMs = drainDeadlineMs): Promise<number> {
  if (!running.completed) return 0;
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    const askedAtMs = Date.now();
    const missing = expected - (await running.completed());
    if (missing <= 0 || Date.now() > endMs) return Math.max(0, missing);
    // A count is not free: no more than a fifth of the time is spent counting.
    await sleep(Math.max(20, 4 * (Date.now() - askedAtMs)));
  }
}
