import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import { checkDocuments } from '../../../ops/faults/checks/documents.ts';
import { checkJobs } from '../../../ops/faults/checks/jobs.ts';
import { watchJobMoves } from '../../../ops/faults/job-moves.ts';
import { Ledger } from '../../../ops/faults/ledger.ts';
import { SeededRandom } from '../../../ops/seeded-random.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

describe('what the fault driver sees', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let db: Database;
  before(async () => {
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 2, applicationName: 'test' });
    await watchJobMoves(db);
  });
  after(async () => {
    await db.$pool.end();
    await database.drop();
  });

  async function insertJob(state = 'running'): Promise<string> {
    const id = randomUUID();
    await db.none(
      `insert into core.jobs (id, kind, version, area, owner, max_attempts, payload, request_id, state)
      values ($1, 'noop', 1, 'core', 'service/test', 5, '{"n": 1}', $1, $2)`,
      [id, state],
    );
    return id;
  }
  const succeed = (id: string, result = '{"n": 1}') =>
    db.none("update core.jobs set state = 'succeeded', finished_at = now(), result = $2 where id = $1", [id, result]);
  const found = async (ledger: Ledger) => (await checkJobs(db, ledger)).map(({ sort }) => sort);

  it('is nothing where each accepted job ended once, with its result', async () => {
    const ledger = new Ledger();
    const id = await insertJob();
    await succeed(id);
    ledger.accept('noop', 'a', id);
    ledger.accept('noop', 'a', id);
    assert.deepEqual(await found(ledger), []);
  });

  it('is a job that is not there, not done, or done otherwise', async () => {
    const ledger = new Ledger();
    const [undone, odd] = [await insertJob(), await insertJob()];
    await succeed(odd, '{"n": 2}');
    ledger.accept('noop', 'a', randomUUID());
    ledger.accept('noop', 'b', undone);
    ledger.accept('noop', 'c', odd);
    // The one that is undone twice: as promised, and as what does not end.
    assert.deepEqual(await found(ledger), ['lost', 'lost', 'lost', 'lost']);
    await db.none('delete from core.jobs where id in ($1, $2)', [undone, odd]);
  });

  it('is a job that ended twice, and a key with two outcomes', async () => {
    const ledger = new Ledger();
    const id = await insertJob();
    await succeed(id);
    await db.none("update core.jobs set state = 'running', finished_at = null where id = $1", [id]);
    await succeed(id);
    ledger.accept('noop', 'a', id);
    ledger.accept('noop', 'a', randomUUID());
    assert.deepEqual(await found(ledger), ['doubled', 'doubled']);
    await db.none('truncate faults.moves');
  });

  it('is a gap between invoice numbers, and a file that is gone', async () => {
    for (const number of [1, 3])
      await db.none(
        `insert into core.invoices (id, area, owner, kind, subject, issuer, series, year, number, label, document, file_key, sha256, rendered_at)
        values ($1, 'core', 'test', 'invoice', $1::text, 'Us', 'INV', 2026, $2, 'x', '{}', 'gone/' || $2, 'x', now())`,
        [randomUUID(), number],
      );
    const findings = await checkDocuments(db, '/nowhere');
    assert.deepEqual(findings.map(({ sort }) => sort).sort(), ['lost', 'lost', 'wrong']);
  });

  it('follows from its seed alone', () => {
    const draw = (seed: number) => {
      const random = new SeededRandom(seed);
      return [random.shuffle([1, 2, 3, 4, 5]), random.int(0, 1_000), random.fork().next(), random.next()];
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
  });
});
