import assert from 'node:assert/strict';
import { listFailureNotes } from '../../../db/core/failure-notes.ts';
import { listFailureGroups, noteFailure, silenceFailure } from '../../../ops/actions/failures.ts';
import { sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { insertFailed } from './failed-jobs.ts';
import { operator, Rows } from './rows.ts';

describe('groups of failures', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());
  const groups = async (filter = {}) =>
    (await listFailureGroups(rows, filter))!.groups.map(({ kind, code, failed, retrying }) => [
      kind,
      code,
      failed,
      retrying,
    ]);

  it('come from the last look of a ticker, if there was one, with what operators said of them', async () => {
    assert.equal(await listFailureGroups(rows), null);
    await insertFailed(rows, 3, { code: 'many' });
    await insertFailed(rows, 1, { code: 'few', state: 'pending' });
    await insertFailed(rows, 2, { code: 'some', kind: 'noop-local' });
    await sampleFailuresOnce({ ...rows, metrics: createMetrics({ process: 'test' }) });
    assert.deepEqual(await groups(), [
      ['noop', 'many', 3, 0],
      ['noop-local', 'some', 2, 0],
      ['noop', 'few', 0, 1],
    ]);
    assert.deepEqual(await groups({ kind: 'noop-local' }), [['noop-local', 'some', 2, 0]]);
    const many = { kind: 'noop', code: 'many' };
    await noteFailure(rows, { ...many, note: 'The provider knows.' }, operator);
    const until = new Date(Date.now() + 3_600_000);
    await silenceFailure(rows, { ...many, until }, operator);
    const seen = await listFailureGroups(rows);
    const last = seen!.groups.at(-1)!;
    assert.deepEqual(
      [last.code, last.note, last.silencedUntil, last.notedBy],
      ['many', 'The provider knows.', until, operator.actor],
    );
    assert.ok(seen!.ageS >= 0);
  });

  it('are heard again once the silence is lifted or has passed', async () => {
    const many = { kind: 'noop', code: 'many' };
    assert.deepEqual((await groups()).at(-1), ['noop', 'many', 3, 0]);
    await silenceFailure(rows, { ...many, until: null }, operator);
    assert.deepEqual((await groups())[0], ['noop', 'many', 3, 0]);
    await silenceFailure(rows, { ...many, until: new Date(Date.now() + 3_600_000) }, operator);
    await rows.db.none("update core.failure_notes set silenced_until = now() - interval '1 s'");
    assert.equal((await listFailureNotes(rows.db))[0]?.silencedUntil, null);
    assert.deepEqual((await groups())[0], ['noop', 'many', 3, 0]);
    await assert.rejects(silenceFailure(rows, { ...many, until: new Date(0) }, operator), { code: 'invalid' });
    await assert.rejects(noteFailure(rows, { ...many, note: 'x'.repeat(2_001) }, operator), { code: 'invalid' });
  });

  it('leave a trace of who said what', async () => {
    const audit = await rows.db.any<{ action: string; subject: string }>(
      "select action, subject from core.audit where action like 'failure.%' order by id",
    );
    assert.deepEqual(audit.slice(0, 3), [
      { action: 'failure.note', subject: 'noop/many' },
      { action: 'failure.silence', subject: 'noop/many' },
      { action: 'failure.unsilence', subject: 'noop/many' },
    ]);
  });
});
