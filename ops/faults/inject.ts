import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultDeps, FaultKind } from './fault-kind.ts';

/** One fault as it went. Epoch milliseconds. */
export interface Injected {
  name: string;
  beganAtMs: number;
  endedAtMs: number;
  /** From its end until work flowed again; null: it never did. */
  recoveryMs: number | null;
}

export interface InjectOptions {
  kinds: readonly FaultKind[];
  untilMs: number;
  signal: AbortSignal;
  serviceKey: string;
  say: (line: string) => void;
}

const recoverWithinMs = 120_000;

/** One fault after another: every kind once in an order of the seed's, then every kind again, until the time is up. */
export async function injectFaults(deps: FaultDeps, options: InjectOptions): Promise<Injected[]> {
  const { kinds, untilMs, signal, serviceKey, say } = options;
  const { random, system, wait } = deps;
  const injected: Injected[] = [];
  for (let deck: FaultKind[] = []; ; ) {
    if (deck.length === 0) deck = random.shuffle(kinds);
    const kind = deck.pop() as FaultKind;
    await wait(random.int(300, 1_500));
    if (Date.now() > untilMs) return injected;
    const beganAtMs = Date.now();
    await kind.run({ ...deps, random: random.fork() });
    const endedAtMs = Date.now();
    const recoveryMs = await untilWorkFlows(system.url, serviceKey, signal);
    injected.push({ name: kind.name, beganAtMs, endedAtMs, recoveryMs });
    const lasted = `${((endedAtMs - beganAtMs) / 1_000).toFixed(1)} s`;
    say(
      `${kind.name.padEnd(22)} ${lasted.padStart(7)}   ${recoveryMs === null ? 'never recovered' : `flows again after ${recoveryMs} ms`}`,
    );
  }
}

/** How long until a new noop is accepted and done; null if it takes too long. */
async function untilWorkFlows(url: string, serviceKey: string, signal: AbortSignal): Promise<number | null> {
  const startedMs = performance.now();
  for (let passedMs = 0; passedMs < recoverWithinMs; passedMs = performance.now() - startedMs) {
    signal.throwIfAborted();
    const left = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
    if (await isDone(url, serviceKey, left)) return Math.round(performance.now() - startedMs);
    await delay(50);
  }
  return null;
}

async function isDone(url: string, serviceKey: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${url}/jobs/noop`, {
      method: 'POST',
      signal,
      headers: {
        authorization: `Bearer ${serviceKey}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        prefer: 'wait=2',
      },
      body: '{"probe":true}',
    });
    const body = (await response.json()) as { status?: string };
    return response.status === 200 && body.status === 'succeeded';
  } catch {
    return false;
  }
}
