import type { FaultDeps, FaultKind } from '../fault-kind.ts';
import type { Links } from '../member.ts';
import type { Proxy } from '../proxy.ts';

/** Some of the links of one kind: one process's, or everybody's. */
function pickLinks({ system, random }: FaultDeps, service: keyof Links): Proxy[] {
  const all = system.members.map(({ links }) => links[service]);
  return (random.next() < 0.3 ? all : random.shuffle(all).slice(0, random.int(1, 3))).flat();
}

function onLinks(
  what: string,
  service: keyof Links,
  act: (links: readonly Proxy[], deps: FaultDeps) => Promise<void>,
): FaultKind {
  return { name: `${service}-${what}`, run: deps => act(pickLinks(deps, service), deps) };
}

/** Connections end, in the middle of an answer or between two, a few times in a row. */
async function cut(links: readonly Proxy[], { random, wait }: FaultDeps): Promise<void> {
  for (let times = random.int(1, 4); times > 0; times -= 1) {
    for (const link of links) {
      if (random.next() < 0.5) link.cut();
      else link.cutHalfway();
    }
    await wait(random.int(50, 700));
  }
}

async function slow(links: readonly Proxy[], { random, wait }: FaultDeps): Promise<void> {
  for (const link of links) link.slow(random.int(20, 250));
  try {
    await wait(random.int(1_000, 4_000));
  } finally {
    for (const link of links) link.release();
  }
}

/** Bytes go in and none come out; then they do, or the connections end, or the server alone sees them end. */
async function blackHole(links: readonly Proxy[], { random, wait }: FaultDeps): Promise<void> {
  for (const link of links) {
    if (random.next() < 0.5) link.holdAnswers();
    else link.holdAll();
  }
  try {
    await wait(random.int(1_000, 6_000));
  } finally {
    for (const link of links) {
      if (random.next() < 0.5) link.cut();
      link.release();
    }
  }
}

async function forget(links: readonly Proxy[], { wait }: FaultDeps): Promise<void> {
  for (const link of links) link.forget();
  await wait(100);
}

async function refuse(links: readonly Proxy[], { random, wait }: FaultDeps): Promise<void> {
  for (const link of links) link.refuse(true);
  try {
    await wait(random.int(500, 4_000));
  } finally {
    for (const link of links) link.refuse(false);
  }
}

const shapes = { cut, slow, 'black-hole': blackHole, forget, refuse };

/** Between clients and edges: answers are lost whose work was done. */
const front: FaultKind = {
  name: 'front-cut',
  async run({ system: { front: link }, random, wait }) {
    for (let times = random.int(2, 6); times > 0; times -= 1) {
      if (random.next() < 0.5) link.holdAnswers();
      await wait(random.int(50, 400));
      if (random.next() < 0.5) link.cutHalfway();
      else link.cut();
      link.release();
    }
  },
};

export const networkFaults: readonly FaultKind[] = [
  ...Object.entries(shapes).flatMap(([what, act]) => [onLinks(what, 'postgres', act), onLinks(what, 'broker', act)]),
  front,
];
