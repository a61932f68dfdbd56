import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
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
const probeEveryMs = 1_000;

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

/** How long until a noop that is posted now or later has been done; null if it takes too long. */
async function untilWorkFlows(url: string, serviceKey: string, signal: AbortSignal): Promise<number | null> {
  const startedMs = performance.now();
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const stop = () => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  const late = setTimeout(stop, recoverWithinMs);
  let flowedAfterMs: number | null = null;
  // One that hangs must not keep the next from being asked.
  const probes: Promise<void>[] = [];
  const ask = async () => {
    if (!(await untilDone(url, serviceKey, over.signal))) return;
    flowedAfterMs ??= Math.round(performance.now() - startedMs);
    stop();
  };
  while (!over.signal.aborted) {
    probes.push(ask());
    await delay(probeEveryMs, undefined, { signal: over.signal }).catch(() => {});
  }
  await Promise.all(probes);
  clearTimeout(late);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return flowedAfterMs;
}

/** Whether the answer to a new job said that it was done; tried again while there is no answer. */
async function untilDone(url: string, serviceKey: string, signal: AbortSignal): Promise<boolean> {
  const request = {
    method: 'POST',
    signal,
    headers: {
      authorization: `Bearer ${serviceKey}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      prefer: 'wait=10',
    },
    body: '{"probe":true}',
  };
  while (!signal.aborted) {
    const response = await fetch(`${url}/jobs/noop`, request).catch(() => null);
    const body = (await response?.json().catch(() => null)) as { status?: string } | null | undefined;
    if (body?.status === 'succeeded') return true;
    await delay(50, undefined, { signal }).catch(() => {});
  }
  return false;
}
