import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { checkSchema, loadMigrations, migrate } from '../../db/migrate.ts';
import { postgres } from '../support/services.ts';

const names = loadMigrations().map(migration => migration.name);

describe('migrating', function () {
  this.timeout(60_000);
  let server: Database;
  let database: string;
  let url: string;
  let db: Database;

  before(async () => {
    server = connectDatabase({ url: (await postgres()).url, maxConnections: 1, applicationName: 'test' });
  });

  beforeEach(async () => {
    database = `test_${randomBytes(6).toString('hex')}`;
    await server.none('create database $1:name', [database]);
    const address = new URL((await postgres()).url);
    address.pathname = `/${database}`;
    url = address.href;
    db = connectDatabase({ url, maxConnections: 1, applicationName: 'test' });
  });

  afterEach(async () => {
    await db.$pool.end();
    await server.none('drop database $1:name with (force)', [database]);
  });

  after(() => server.$pool.end());

  it('applies every migration once when four processes start at the same moment', async () => {
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
    assert.deepEqual(
      applied.filter(list => list.length > 0),
      [names],
    );
    const rows = await db.any<{ name: string }>('select name from public.millrace_migrations order by number');
    assert.deepEqual(
      rows.map(row => row.name),
      names,
    );
  });

  it('has nothing to do the second time', async () => {
    await migrate(url);
    assert.deepEqual(await migrate(url), []);
  });

  it('says what an older database lacks', async () => {
    await migrate(url);
    const last = names[names.length - 1] as string;
    await db.none('delete from public.millrace_migrations where name = $1', [last]);
    await assert.rejects(checkSchema(db), new RegExp(`the database lacks ${last}: run "npm run ops -- migrate"`));
  });

  it('refuses a migration that was edited after it was applied', async () => {
    await migrate(url);
    await db.none("update public.millrace_migrations set checksum = 'another' where number = 1");
    const edited = new RegExp(`migration ${names[0]} was edited after it was applied`);
    await assert.rejects(migrate(url), edited);
    await assert.rejects(checkSchema(db), edited);
  });

  it('refuses a database that is ahead of this build', async () => {
    await migrate(url);
    await db.none(
      "insert into public.millrace_migrations (number, name, checksum) values ($1, '9999_the-future', 'unknown')",
      [names.length + 1],
    );
    await assert.rejects(migrate(url), /ahead of this build: it has migration 9999_the-future/);
    await assert.rejects(checkSchema(db), /ahead of this build/);
  });

  it('leaves nothing behind of a migration that fails', async () => {
    await db.none('create schema marketplace; create table marketplace.users (id int)');
    await assert.rejects(migrate(url));
    const { number } = await db.one<{ number: number }>(
      'select coalesce(max(number), 0) as number from public.millrace_migrations',
    );
    const { core } = await db.one<{ core: boolean }>("select to_regclass('core.jobs') is not null as core");
    assert.equal(core, number >= 1);
    await db.none('drop schema marketplace cascade');
    assert.deepEqual(await migrate(url), names.slice(number));
  });

  it('lets a process start only on its own schema', async () => {
    await assert.rejects(checkSchema(db), /the database lacks 0001_jobs/);
    await migrate(url);
    await checkSchema(db);
  });
});

describe('the migrations', () => {
  it('are numbered without a gap', () => {
    assert.deepEqual(
      loadMigrations().map(migration => migration.number),
      names.map((_, index) => index + 1),
    );
  });
});
