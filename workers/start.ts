import type { Spine } from '../db/spine.ts';
import type { Ports } from '../shared/ports/ports.ts';
import { version } from '../shared/version.ts';
import type { Registry } from './handler.ts';
import { loadRegistry } from './registry.ts';
import { Worker } from './worker.ts';

/** Starts a worker over an open spine. */
export async function startWorker(spine: Spine, ports: Ports, options: { registry?: Registry } = {}): Promise<Worker> {
  const { config } = spine;
  const worker = new Worker({
    ...spine,
    ports,
    registry: options.registry ?? loadRegistry(config),
    version,
    leaseMs: config.leaseMs,
    relayEveryMs: config.relayEveryMs,
    kinds: config.workerKinds,
  });
  await worker.start();
  return worker;
}
