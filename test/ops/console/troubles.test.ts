import assert from 'node:assert/strict';
import type { BulkActionRow } from '../../../db/core/bulk-actions.ts';
import type { Sight } from '../../../ops/console/live.ts';
import { troublesOf } from '../../../ops/console/troubles.ts';
import type { FailureGroup } from '../../../ops/snapshots/failures.ts';
import type { QueuesSnapshot, WorkerSnapshot } from '../../../ops/snapshots/queues.ts';
import { quietKind } from './seen.ts';

const now = new Date('2026-01-15T08:30:00.000Z');
const agoS = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

const quiet = quietKind('transfer');
const worker: WorkerSnapshot = {
  id: 'w',
  name: 'here:1',
  version: '1',
  kinds: [],
  running: 0,
  startedAt: agoS(9e3).toISOString(),
  seenAt: agoS(1).toISOString(),
  alive: true,
  lost: false,
  stopped: false,
};
const calm: QueuesSnapshot = {
  kinds: [quiet],
  workers: [worker],
  leader: { name: 'here:2', since: agoS(9_000).toISOString() },
  loops: [{ name: 'rescue', everyMs: 1_000, lastAt: agoS(1).toISOString(), lastMs: 3, error: null }],
  relayLagS: 0,
  broker: { name: 'rabbitmq', problem: null },
  openAlerts: 0,
  capped: false,
};
const group: FailureGroup = {
  kind: 'transfer',
  code: 'balance_insufficient',
  message: 'The balance does not cover it.',
  lastId: 'x',
  failed: 12,
  retrying: 0,
  owners: 3,
  anOwner: 'marketplace/zoe',
  firstAt: agoS(1080).toISOString(),
  lastAt: agoS(60).toISOString(),
  hours: [],
};

function sight(over: Omit<Partial<Sight>, 'queues'> & { queues?: Partial<QueuesSnapshot>; ageS?: number } = {}): Sight {
  const { queues, ageS = 1, ...rest } = over;
  const well = ['Database', 'Broker', 'Stripe'].map(name => ({ name, problem: null, since: null, ms: 1 }));
  return {
    queues: { ageS, body: { ...calm, ...queues } },
    failures: { ageS: 1, body: { groups: [] } },
    jobs: new Map(),
    bulks: [],
    notes: [],
    health: { at: now, checks: well },
    blind: null,
    ...rest,
  };
}
const said = (given: Sight) => troublesOf(given, now).map(({ what, detail }) => `${what}. ${detail}`);
const failing = (...groups: Partial<FailureGroup>[]) => ({
  failures: { ageS: 1, body: { groups: groups.map(one => ({ ...group, ...one })) } },
});

describe('what is wrong', () => {
  it('is nothing while all is well', () => {
    assert.deepEqual(troublesOf(sight(), now), []);
  });

  it('names failed jobs, with what, since when, and where one acts', () => {
    const [trouble, ...others] = troublesOf(sight(failing({ code: 'balance/low' })), now);
    assert.deepEqual(others, []);
    assert.equal(trouble!.what, 'transfer: 12 failed with balance/low');
    assert.deepEqual(trouble!.since, agoS(1_080));
    assert.equal(trouble!.href, '/failures/transfer/balance%2Flow');
    assert.equal(trouble!.tone, 'bad');
    assert.equal(trouble!.detail, 'For 3 owners. The balance does not cover it.');
    assert.match(said(sight(failing({ owners: 1 })))[0] as string, /For marketplace\/zoe\./);
  });

  it('is less bad while jobs are only tried again, and nothing while few are', () => {
    assert.deepEqual(said(sight(failing({ failed: 0, retrying: 4 }))), []);
    const [trouble] = troublesOf(sight(failing({ failed: 0, retrying: 40 })), now);
    assert.equal(trouble!.tone, 'warn');
    assert.match(trouble!.what, /^transfer: 40 are tried again after balance_insufficient$/);
  });

  it('leaves out what is silenced, until the silence has passed', () => {
    const note = (silencedUntil: Date) => ({
      ...failing({}),
      notes: [
        { kind: 'transfer', code: 'balance_insufficient', note: '', silencedUntil, updatedBy: 'a', updatedAt: now },
      ],
    });
    assert.deepEqual(said(sight(note(agoS(-60)))), []);
    assert.equal(said(sight(note(agoS(60)))).length, 1);
  });

  it('sums up what is too much to read, and what is old', () => {
    const many = Array.from({ length: 8 }, (_, n) => ({ code: `code-${n}` }));
    const old = { code: 'old', lastAt: agoS(90_000).toISOString() };
    const lines = said(sight(failing(...many, old)));
    assert.equal(lines.length, 7);
    assert.match(lines[5] as string, /^3 more groups of failures today/);
    assert.match(lines[6] as string, /^1 older group of failures not taken up/);
  });

  it('says that no ticker leads, since when, and judges no figures that are old', () => {
    const waiting = [{ ...quiet, ready: 9, oldestS: 9_000, disagreement: 'work waits, and nobody consumes it' }];
    const [trouble, ...others] = troublesOf(sight({ ageS: 240, queues: { kinds: waiting, workers: [] } }), now);
    assert.equal(trouble!.what, 'No ticker leads');
    assert.deepEqual(trouble!.since, agoS(240));
    assert.deepEqual(others, []);
    assert.match(said({ ...sight(), queues: null })[0] as string, /^No ticker has ever led/);
  });

  it('names the kind at which rows and broker disagree, and how long the oldest waits', () => {
    const kinds = [{ ...quiet, ready: 12, oldestS: 480, disagreement: 'work waits, and nobody consumes it' }];
    const [trouble] = troublesOf(sight({ queues: { kinds } }), now);
    assert.equal(trouble!.what, 'transfer: work waits, and nobody consumes it');
    assert.equal(trouble!.detail, '12 ready, the oldest for 8 min.');
    assert.deepEqual([trouble!.since, trouble!.href], [agoS(480), '/queues/transfer']);
  });

  it('says that workers do not keep up, but not of work that is held back on purpose', () => {
    const behind = { ...quiet, ready: 12, oldestS: 480 };
    assert.match(said(sight({ queues: { kinds: [behind] } }))[0] as string, /^transfer: work waits too long/);
    assert.deepEqual(said(sight({ queues: { kinds: [{ ...behind, paused: true }, quiet] } })), [
      'transfer is paused. 12 jobs wait.',
    ]);
    assert.deepEqual(said(sight({ queues: { kinds: [{ ...behind, oldestS: 200 }] } })), []);
  });

  it('says once that every kind is paused', () => {
    const kinds = ['a', 'b', 'c'].map(kind => ({ ...quiet, kind, paused: true }));
    assert.deepEqual(said(sight({ queues: { kinds } })), ['Every kind is paused. Nothing waits.']);
  });

  it('says once that nobody works, not again for every kind', () => {
    const kinds = ['a', 'b'].map(kind => ({
      ...quiet,
      kind,
      ready: 3,
      oldestS: 99,
      disagreement: 'nobody consumes it',
    }));
    assert.deepEqual(said(sight({ queues: { kinds, workers: [{ ...worker, alive: false, stopped: true }] } })), [
      'No worker is alive. 6 jobs wait: start workers.',
    ]);
  });

  it('tells what has come of a worker that is gone, for an hour, unless it said goodbye', () => {
    const gone = { ...worker, alive: false };
    const others = (over: Partial<WorkerSnapshot>) =>
      said(sight({ queues: { workers: [worker, { ...gone, ...over }] } }));
    assert.match(others({ lost: true })[0] as string, /^The worker here:1 was lost/);
    assert.match(others({})[0] as string, /^The worker here:1 is not heard of/);
    assert.deepEqual(others({ stopped: true }), []);
    assert.deepEqual(others({ lost: true, seenAt: agoS(3_700).toISOString() }), []);
  });

  it('says what a provider that is away means, since when, and names it once', () => {
    const checks = [{ name: 'Broker', problem: 'RabbitMQ is not connected', since: agoS(30), ms: 1 }];
    const away = sight({ health: { at: now, checks }, queues: { broker: { name: 'rabbitmq', problem: 'gone' } } });
    assert.deepEqual(said(away), [
      'Broker does not answer. Work is still accepted; it waits, for workers are handed none. RabbitMQ is not connected',
    ]);
    assert.deepEqual(troublesOf(away, now)[0]!.since, agoS(30));
  });

  it('tells of a broker that only the ticker misses, of a loop that fails, of a relay that is behind', () => {
    assert.match(said(sight({ queues: { broker: { name: 'rabbitmq', problem: 'gone' } } }))[0] as string, /ticker/);
    const loops = [{ ...calm.loops[0]!, error: 'no such table' }];
    assert.deepEqual(said(sight({ queues: { loops } })), ['The ticker’s loop “rescue” fails. no such table']);
    assert.match(said(sight({ queues: { relayLagS: 40 } }))[0] as string, /^The relay is behind/);
  });

  it('tells of alerts and of actions that wait for a second operator', () => {
    const bulk: BulkActionRow = {
      id: 'b',
      action: 'redrive',
      filter: { kind: 'transfer' },
      reason: 'Stripe is back',
      movesMoney: true,
      state: 'proposed',
      total: 12,
      done: 0,
      skipped: 0,
      failed: 0,
      lastError: null,
      nextBefore: null,
      createdBy: 'ann@example.com',
      createdAt: now,
      approvedBy: null,
      startedAt: null,
      endedAt: null,
      stoppedBy: null,
    };
    const lines = said(sight({ queues: { openAlerts: 2 }, bulks: [bulk, { ...bulk, state: 'running' }] }));
    assert.equal(lines.length, 2);
    assert.match(lines[0] as string, /^2 alerts are open/);
    assert.match(lines[1] as string, /^ann@example\.com asks to redrive 12 jobs/);
  });

  it('says when the console itself sees nothing any more', () => {
    const [trouble] = troublesOf(sight({ blind: { since: agoS(20), problem: 'connection refused' } }), now);
    assert.match(trouble!.what, /cannot read the database/);
    assert.deepEqual(trouble!.since, agoS(20));
  });

  it('puts the worst first', () => {
    const tones = troublesOf(
      sight({ ...failing({}), queues: { openAlerts: 1, kinds: [{ ...quiet, paused: true }] } }),
      now,
    );
    assert.deepEqual(
      tones.map(({ tone }) => tone),
      ['bad', 'bad', 'warn'],
    );
  });
});
