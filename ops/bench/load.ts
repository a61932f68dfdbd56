import type { Target } from './contestant.ts';
import { startProcess } from './processes.ts';

export interface LoadOrder {
  target: Target;
  connections: number;
  seconds: number;
  /** With a rate, requests fall due at that pace; without, each connection sends as soon as it is answered. */
  ratePerSecond?: number;
  /** Ends the load early, after so many requests. */
  requests?: number;
  /** Of every so many requests one is told about, to be followed to its result. */
  sampleEvery?: number;
}

export interface Sample {
  id: string;
  /** When it was due, in epoch ms with a fraction. */
  sentAtMs: number;
}

export interface LoadResult {
  /** Answers 202. */
  accepted: number;
  refused: number;
  statuses: Record<number, number>;
  startedAtMs: number;
  /** From the first request to the last answer. */
  seconds: number;
  /** How much of one core the generator itself used: near 1 it was the bottleneck. */
  cpuShare: number;
  acceptP50Ms: number;
  acceptP99Ms: number;
}

export type LoadMessage = { sample: Sample } | { result: LoadResult };

/** Runs one load in a process of its own, so that it shares no event loop with what it measures or with us. */
export function runLoad(order: LoadOrder, onSample: (sample: Sample) => void = () => {}): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const load = startProcess('ops/bench/load-process', {
      onEnd: said => reject(new Error(`the load generator ended early: ${said}`)),
    });
    load.process.on('message', (told: LoadMessage) => {
      if ('sample' in told) return onSample(told.sample);
      resolve(told.result);
      load.stop().catch(reject);
    });
    load.process.send(order);
  });
}
