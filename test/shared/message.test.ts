import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeNudge, encodeNudge, packNudges, type DueJob } from '../../shared/message.ts';
import { uuidV7 } from '../../shared/uuid.ts';

const maxAttempt = 32_767; // the column is a smallint
const ids = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map(atMs => uuidV7(atMs));
const refs = fc.tuple(ids, fc.integer({ min: 0, max: maxAttempt })).map(([id, attempt]) => ({ id, attempt }));
const kinds = fc.constantFrom('noop', 'transfer', 'invoice-pdf');
const dueJobs: fc.Arbitrary<DueJob> = fc.record({
  id: ids,
  attempt: fc.integer({ min: 0, max: maxAttempt }),
  kind: kinds,
  isolate: fc.boolean(),
  claimNo: fc.nat(),
});

describe('a nudge', () => {
  it('says the same after its way through a broker', () => {
    fc.assert(
      fc.property(kinds, fc.array(refs, { maxLength: 30 }), fc.boolean(), (kind, jobs, isolate) => {
        const nudge = { kind, jobs, isolate };
        assert.deepEqual(decodeNudge(kind, encodeNudge(nudge)), nudge);
      }),
    );
  });

  it('holds ids and attempts and nothing of the payload', () => {
    const id = '0197d9a0-0000-7000-8000-000000000001';
    const body = encodeNudge({ kind: 'noop', jobs: [{ id, attempt: 3 }], isolate: true });
    assert.equal(body.toString(), `{"v":1,"jobs":[["${id}",3]],"isolate":true}`);
  });

  it('is null for bytes that no one of us wrote, and never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        assert.equal(decodeNudge('noop', Buffer.from(bytes)), null);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        assert.equal(decodeNudge('noop', Buffer.from(JSON.stringify(value))), null);
      }),
    );
  });

  const id = '0197d9a0-0000-7000-8000-000000000001';
  for (const [title, body] of [
    ['another wire version', { v: 2, jobs: [[id, 0]] }],
    ['an id that is no UUID', { v: 1, jobs: [['1; drop table jobs', 0]] }],
    ['an id in upper case', { v: 1, jobs: [[id.toUpperCase(), 0]] }],
    ['an attempt that is a text', { v: 1, jobs: [[id, '0']] }],
    ['an attempt that is a fraction', { v: 1, jobs: [[id, 0.5]] }],
    ['an attempt below zero', { v: 1, jobs: [[id, -1]] }],
    ['an attempt that no row can hold', { v: 1, jobs: [[id, maxAttempt + 1]] }],
    ['a job that is no pair', { v: 1, jobs: [id] }],
    ['jobs that are no list', { v: 1, jobs: { 0: [id, 0] } }],
  ] as const) {
    it(`is null for ${title}`, () => {
      assert.equal(decodeNudge('noop', Buffer.from(JSON.stringify(body))), null);
    });
  }
});

describe('packing due jobs', () => {
  it('carries every job once, with its own kind, in messages that are not too large', () => {
    fc.assert(
      fc.property(fc.array(dueJobs, { maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (jobs, most) => {
        const nudges = packNudges(jobs, () => most);
        assert.deepEqual(new Set(nudges.flatMap(nudge => nudge.jobs)), new Set(jobs));
        assert.equal(nudges.flatMap(nudge => nudge.jobs).length, jobs.length);
        for (const nudge of nudges) {
          assert.ok(nudge.jobs.length >= 1 && nudge.jobs.length <= most);
          assert.ok(nudge.jobs.every(job => job.kind === nudge.kind && job.isolate === nudge.isolate));
          if (nudge.isolate) assert.equal(nudge.jobs.length, 1);
        }
      }),
    );
  });

  it('sends the jobs of a kind in as few messages as it may, in their order', () => {
    const jobs = Array.from({ length: 60 }, (_, index) => ({
      id: uuidV7(index),
      attempt: 0,
      kind: 'noop',
      isolate: false,
      claimNo: 0,
    }));
    const nudges = packNudges(jobs, () => 25);
    assert.deepEqual(
      nudges.map(nudge => nudge.jobs.length),
      [25, 25, 10],
    );
    assert.deepEqual(
      nudges.flatMap(nudge => nudge.jobs.map(job => job.id)),
      jobs.map(job => job.id),
    );
  });

  it('lets an isolated job travel alone beside full messages', () => {
    const job = (index: number, isolate: boolean) => ({
      id: uuidV7(index),
      attempt: 1,
      claimNo: 1,
      kind: 'noop',
      isolate,
    });
    const nudges = packNudges([job(1, false), job(2, true), job(3, false)], () => 25);
    assert.deepEqual(
      nudges.map(nudge => [nudge.isolate, nudge.jobs.length]),
      [
        [false, 2],
        [true, 1],
      ],
    );
  });
});
