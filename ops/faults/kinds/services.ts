import type { FaultDeps, FaultKind } from '../fault-kind.ts';

/** Ends a node one way and brings it back. */
const brokerDown =
  (way: 'stopNode' | 'killNode') =>
  async ({ system: { broker }, random, wait }: FaultDeps): Promise<void> => {
    const node = random.int(0, broker.urls.length - 1);
    await broker[way](node);
    await wait(random.int(0, 3_000));
    await broker.startNode(node);
  };

async function wipe({ system: { broker } }: FaultDeps): Promise<void> {
  await broker.wipe();
}

export const serviceFaults: readonly FaultKind[] = [
  { name: 'broker-stop', run: brokerDown('stopNode') },
  { name: 'broker-kill', run: brokerDown('killNode') },
  { name: 'broker-wipe', run: wipe },
  { name: 'postgres-fast', run: ({ system }) => system.postgres.restart('fast') },
  { name: 'postgres-immediate', run: ({ system }) => system.postgres.restart('immediate') },
];
