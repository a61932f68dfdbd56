import type { FaultDeps, FaultKind } from '../fault-kind.ts';
import type { Role } from '../member.ts';

function kill(role: Role): FaultKind {
  return {
    name: `kill-${role}`,
    async run({ system, random, wait }) {
      const member = random.pick(system.of(role));
      await member.end('SIGKILL');
      await wait(random.int(0, 1_500));
      await member.start();
    },
  };
}

function terminate(role: Role): FaultKind {
  return {
    name: `sigterm-${role}`,
    async run({ system, random, wait }) {
      const member = random.pick(system.of(role));
      await member.end('SIGTERM');
      await wait(random.int(0, 1_000));
      await member.start();
    },
  };
}

/** Past its lease, so that its jobs are another's when it wakes up. */
async function pauseWorker({ system, random, wait }: FaultDeps): Promise<void> {
  const member = random.pick(system.of('worker'));
  member.signal('SIGSTOP');
  try {
    await wait(system.leaseMs * 1.3 + random.int(0, 2_000));
  } finally {
    member.signal('SIGCONT');
  }
}

/** Everything at once, as when a machine loses its power; the services stay. */
async function killAll({ system, wait }: FaultDeps): Promise<void> {
  await Promise.all(system.members.map(member => member.end('SIGKILL')));
  await wait(500);
  await Promise.all(system.members.map(member => member.start()));
}

export const processFaults: readonly FaultKind[] = [
  kill('worker'),
  kill('edge'),
  kill('ticker'),
  terminate('worker'),
  terminate('edge'),
  { name: 'pause-worker', run: pauseWorker },
  { name: 'kill-all', run: killAll },
];
