import assert from 'node:assert/strict';
import {
  brokenConstraint,
  connectDatabase,
  type Database,
  isRowFault,
  isUnavailable,
  type Transaction,
} from '../../db/connect.ts';
import { startProxy } from '../../ops/faults/proxy.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

describe('a database connection', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let db: Database;

  before(async () => {
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 2, applicationName: 'test', statementTimeoutMs: 2_000 });
  });

  after(async () => {
    await db.$pool.end();
    await database.drop();
  });

  it('refuses what is asked of a transaction that is ending: it would be done outside of it', async () => {
    await db.none('create table late (n integer)');
    for (const nested of [false, true]) {
      let late: Promise<unknown> = Promise.resolve();
      const given = db.tx(tx => {
        const insert = async (inner: Transaction) => {
          await inner.one('select pg_sleep(0.1)');
          await inner.none('insert into late values (1)');
        };
        late = nested ? tx.tx(insert) : insert(tx);
        late.catch(() => {}); // told below
        throw new Error('given up');
      });
      await assert.rejects(given, /given up/);
      await assert.rejects(late, /transaction is ending/);
    }
    assert.deepEqual(await db.any('select n from late'), []);
  });

  it('turns column names into camelCase and leaves values alone', async () => {
    const row = await db.one(`select 1 as due_at, 2 as plain, '{"snake_key": {"a_b": 1}}'::jsonb as first_payload_2`);
    assert.deepEqual(row, { dueAt: 1, plain: 2, firstPayload2: { snake_key: { a_b: 1 } } });
  });

  it('renames in every row of an answer', async () => {
    const rows = await db.any('select n as row_number from generate_series(1, 3) n');
    assert.deepEqual(rows, [{ rowNumber: 1 }, { rowNumber: 2 }, { rowNumber: 3 }]);
  });

  it('reads counts as numbers and times as dates', async () => {
    const row = await db.one(
      "select count(*) as n, '2026-01-02T03:04:05Z'::timestamptz as at from generate_series(1, 3)",
    );
    assert.deepEqual(row, { n: 3, at: new Date('2026-01-02T03:04:05Z') });
  });

  it('runs without sequential scans where only index look-ups are meant', async () => {
    const spine = connectDatabase({
      url: database.url,
      maxConnections: 1,
      applicationName: 'x',
      indexLookupsOnly: true,
    });
    try {
      assert.deepEqual(await spine.one('show enable_seqscan'), { enableSeqscan: 'off' });
      assert.deepEqual(await db.one('show enable_seqscan'), { enableSeqscan: 'on' });
    } finally {
      await spine.$pool.end();
    }
  });

  it('gives up a connection that its server has forgotten, in and outside of a transaction, and takes another', async () => {
    const proxy = await startProxy(database.url);
    const own = { url: proxy.url, maxConnections: 1, applicationName: 'test', statementTimeoutMs: 100 };
    const distant = connectDatabase(own);
    try {
      for (const work of [() => distant.one('select 1 as one'), () => distant.tx(tx => tx.one('select 1 as one'))]) {
        await distant.one('select 1 as one');
        proxy.forget();
        assert.ok(isUnavailable(await failureOf(work())));
        assert.deepEqual(await distant.one('select 2 as two'), { two: 2 });
      }
    } finally {
      await distant.$pool.end();
      await proxy.stop();
    }
  });

  it('gives up the idle connections, too, where one was forgotten, and tells so', async () => {
    const proxy = await startProxy(database.url);
    let told = 0;
    const distant = connectDatabase({
      url: proxy.url,
      maxConnections: 4,
      applicationName: 'test',
      statementTimeoutMs: 100,
      onSilence: () => (told += 1),
    });
    try {
      await Promise.all(Array.from({ length: 4 }, () => distant.one('select pg_sleep(0.05)')));
      assert.equal(distant.$pool.totalCount, 4);
      proxy.forget();
      assert.ok(isUnavailable(await failureOf(distant.one('select 1 as one'))));
      await eventually(() => assert.equal(distant.$pool.totalCount, 0));
      assert.deepEqual(await distant.one('select 2 as two'), { two: 2 });
      assert.equal(told, 1);
    } finally {
      await distant.$pool.end();
      await proxy.stop();
    }
  });

  it('counts a lost session, a time limit and a lock that was not got as unavailable', async () => {
    const killed = db.task(async task => {
      const { pid } = await task.one<{ pid: number }>('select pg_backend_pid() as pid');
      await Promise.all([task.any('select pg_sleep(10)'), db.any('select pg_terminate_backend($1)', [pid])]);
    });
    assert.ok(isUnavailable(await failureOf(killed)));
    assert.ok(isUnavailable(await failureOf(db.any('set statement_timeout = 20; select pg_sleep(10)'))));
    assert.ok(isUnavailable(await failureOf(db.any("do $$ begin raise sqlstate '40001'; end $$"))));
    assert.ok(isUnavailable(await failureOf(db.any("do $$ begin raise sqlstate '55P03'; end $$"))));
    assert.ok(isUnavailable(await failureOf(db.any("do $$ begin raise sqlstate '53300'; end $$"))));
  });

  it('counts a server that is not there, and a pool that was closed, as unavailable', async () => {
    const nobody = connectDatabase({ url: 'postgres://u:p@127.0.0.1:1/x', maxConnections: 1, applicationName: 'test' });
    assert.ok(isUnavailable(await failureOf(nobody.one('select 1'))));
    await nobody.$pool.end();
    assert.ok(isUnavailable(await failureOf(nobody.one('select 1'))));
  });

  it('counts a full pool as unavailable', async () => {
    const small = connectDatabase({ url: database.url, maxConnections: 1, applicationName: 'test' });
    // pg-promise hides pg's own type of the pool's options.
    (small.$pool as unknown as { options: { connectionTimeoutMillis: number } }).options.connectionTimeoutMillis = 50;
    try {
      await small.task(async task => {
        await task.any('select 1');
        assert.ok(isUnavailable(await failureOf(small.any('select 1'))));
      });
    } finally {
      await small.$pool.end();
    }
  });

  it('does not count a wrong statement, bad data or a bug of ours as unavailable', async () => {
    assert.ok(!isUnavailable(await failureOf(db.any('select nonsense'))));
    assert.ok(!isUnavailable(await failureOf(db.any("select 'x'::int"))));
    assert.ok(!isUnavailable(new TypeError('x is not a function')));
    assert.ok(!isUnavailable('a text'));
    assert.ok(!isUnavailable(null));
  });

  it("tells a row's own fault from a statement's", async () => {
    assert.ok(isRowFault(await failureOf(db.any("select 'x'::int"))));
    assert.ok(isRowFault(await failureOf(db.any(String.raw`select '"\u0000"'::jsonb`))));
    assert.ok(isRowFault(await failureOf(db.any('insert into core.queues (kind) values (null)'))));
    assert.ok(!isRowFault(await failureOf(db.any('select nonsense'))));
    assert.ok(!isRowFault(new Error('no database had a part in this')));
    assert.ok(!isRowFault(null));
  });

  it('names the constraint that a write broke', async () => {
    await db.none("insert into core.queues (kind) values ('twice')");
    const clash = await failureOf(db.any("insert into core.queues (kind) values ('twice')"));
    assert.equal(brokenConstraint(clash), 'queues_pkey');
    const check = await failureOf(db.any("insert into core.queues (kind, concurrency) values ('x', 0)"));
    assert.equal(brokenConstraint(check), 'queues_concurrency_check');
    assert.equal(brokenConstraint(await failureOf(db.any('select nonsense'))), undefined);
    assert.equal(brokenConstraint(null), undefined);
  });

  it('hears of idle sessions that end, and goes on with new ones', async () => {
    const heard: Error[] = [];
    const own = connectDatabase({
      url: database.url,
      maxConnections: 1,
      applicationName: 'test-idle',
      onError: error => heard.push(error),
    });
    try {
      await own.one('select 1');
      await db.any("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-idle'");
      await eventually(() => assert.equal(heard.length > 0, true));
      assert.deepEqual(await own.one('select 1 as one'), { one: 1 });
    } finally {
      await own.$pool.end();
    }
  });
});

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'it did not fail' });
}
