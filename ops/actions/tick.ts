import { setTimeout as delay } from 'node:timers/promises';
import { writeAudit } from '../../db/core/audit.ts';
import { listWorkers } from '../../db/core/workers.ts';
import type { Spine } from '../../db/spine.ts';
import { drainOnce } from '../ticker/drain.ts';
import { reapOnce } from '../ticker/reap.ts';
import { requeueOnce } from '../ticker/requeue.ts';
import { rescueOnce } from '../ticker/rescue.ts';
import { scheduleOnce } from '../ticker/schedule.ts';
import { schedules } from '../ticker/schedules.ts';
import type { Operator } from './operator.ts';

export const tickVerbs = ['schedule', 'rescue', 'drain', 'requeue', 'reap'] as const;
export type TickVerb = (typeof tickVerbs)[number];

const heedEveryMs = 1_000;

/**
 * Runs each of the ticker's verbs once, beside whatever ticker leads: all of them are guarded writes. Answers what they
 * say. Only a broker that others share has dead letters and depths to go by; a memory broker is left alone.
 */
export async function tick(
  spine: Spine,
  { verbs }: { verbs: readonly TickVerb[] },
  operator: Operator,
): Promise<Partial<Record<TickVerb, string>>> {
  const done: Partial<Record<TickVerb, string>> = {};
  for (const verb of tickVerbs) if (verbs.includes(verb)) done[verb] = await runs[verb](spine);
  const { actor, reason } = operator;
  const entry = { actor, action: 'tick', affected: Object.keys(done).length, details: done };
  await writeAudit(spine.spineDb, reason === undefined ? entry : { ...entry, reason });
  return done;
}

const runs: Record<TickVerb, (spine: Spine) => Promise<string>> = {
  schedule: async spine => {
    const fired = await scheduleOnce(spine, schedules);
    return fired.length > 0 ? `fired ${fired.join(', ')}` : 'nothing due';
  },
  rescue: async spine => {
    await heedLeases(spine);
    await repeat(() => rescueOnce(spine));
    return 'done';
  },
  drain: async spine => {
    const why = whyNoBroker(spine);
    if (why) return why;
    await repeat(() => drainOnce(spine));
    return 'done';
  },
  requeue: async spine => {
    const why = whyNoBroker(spine);
    if (why) return why;
    // A queue is believed to be empty at the second look. The ticker takes longer between them; a mistake is a duplicate.
    const emptyBefore = new Set<string>();
    await requeueOnce(spine, emptyBefore);
    await requeueOnce(spine, emptyBefore);
    return 'done';
  },
  reap: async spine => {
    await repeat(() => reapOnce(spine));
    return 'done';
  },
};

/**
 * While the database is away nobody can extend a lease: one that has run out counts only after a full lease of
 * uninterrupted contact. Workers that are gone for good do not keep an operator waiting longer than that.
 */
async function heedLeases({ spineDb, config }: Spine): Promise<void> {
  const expired = async () =>
    (await listWorkers(spineDb)).some(({ alive, lostAt, stoppedAt }) => !alive && !lostAt && !stoppedAt);
  for (let heededMs = 0; heededMs <= config.leaseMs && (await expired()); heededMs += heedEveryMs)
    await delay(heedEveryMs);
}

function whyNoBroker({ broker }: Spine): string | null {
  if (broker.name === 'memory') return 'not here: the memory broker is inside the running process';
  return broker.state === 'up' ? null : `not now: the broker is ${broker.state}`;
}

async function repeat(once: () => Promise<boolean>): Promise<void> {
  while (await once());
}
