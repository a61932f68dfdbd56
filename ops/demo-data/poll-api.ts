import { setTimeout as delay } from 'node:timers/promises';

const pollEveryMs = 100;

/** Reads until `good` holds of what was read, or `timeoutMs` have passed; answers what was read last. */
export async function pollApi<T>(read: () => Promise<T>, good: (value: T) => boolean, timeoutMs: number): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (good(value) || performance.now() > deadlineMs) return value;
    await delay(pollEveryMs);
  }
}
