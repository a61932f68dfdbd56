import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { sql } from '../../db/sql.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const folder = fileURLToPath(new URL('../../db/', import.meta.url));
const files = readdirSync(join(folder, 'sql'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.sql'))
  .map(file => file.slice(0, -'.sql'.length))
  .sort();

function loadedFiles(): Set<string> {
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const loads = modules.flatMap(file => [...readFileSync(join(folder, file), 'utf8').matchAll(/\bsql\('([^']+)'/g)]);
  return new Set(loads.map(load => load[1] as string));
}

function textOf(file: string): string {
  return readFileSync(join(folder, 'sql', `${file}.sql`), 'utf8');
}

describe('the SQL files', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let db: Database;

  before(async () => {
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 1, applicationName: 'test' });
  });

  after(async () => {
    await db.$pool.end();
    await database.drop();
  });

  it('are loaded by a module, each of them', () => {
    const loaded = loadedFiles();
    assert.deepEqual(
      files.filter(file => !loaded.has(file)),
      [],
    );
  });

  it('are there for every module that loads one', () => {
    assert.deepEqual(
      [...loadedFiles()].filter(file => !files.includes(file)),
      [],
    );
  });

  it('begin by saying what zero rows mean', () => {
    const silent = files.filter(
      file => !/^-- (No row|Always one row|Always as many rows|Answers no row)/.test(textOf(file)),
    );
    assert.deepEqual(silent, []);
  });

  it('are written in lower case', () => {
    const loud = files.filter(file => {
      const code = textOf(file)
        .replace(/--.*$/gm, '')
        .replace(/'[^']*'/g, '')
        .replace(/\$\{\w+\}/g, '');
      return /[A-Z]/.test(code);
    });
    assert.deepEqual(loud, []);
  });

  it('name their columns and never take all of a table', () => {
    const greedy = files.filter(file =>
      /\bselect \*\s+from (core|marketplace|workforce|fieldservice)\./.test(textOf(file)),
    );
    assert.deepEqual(greedy, []);
  });

  for (const file of files) {
    it(`${file} prepares on a migrated database`, async () => {
      await db.none(`prepare statement_under_test as ${sql(file).text}`);
      await db.none('deallocate statement_under_test');
    });
  }
});

describe('a loaded SQL file', () => {
  it('numbers its parameters in the order in which they first appear', () => {
    const statement = sql('core/schedules/advance')({ slot: 2, name: 'daily' });
    assert.match(statement.text, /values \(\$1, \$2\)[^]*set last_slot = \$2[^]*last_slot < \$2/);
    assert.deepEqual(statement.values, ['daily', 2]);
    assert.equal(statement.name, 'core/schedules/advance');
  });

  it('refuses a value that is missing or undefined', () => {
    assert.throws(() => sql('core/jobs/get')(), /core\/jobs\/get\.sql needs a value for id/);
    assert.throws(() => sql('core/jobs/get')({ id: undefined }), /needs a value for id/);
  });

  it('refuses a value that it does not use', () => {
    assert.throws(() => sql('core/jobs/get')({ id: 'x', kind: 'noop' }), /does not use kind/);
  });

  it('is read once', () => {
    assert.equal(sql('core/jobs/get'), sql('core/jobs/get'));
  });

  it('fails at load when the file is missing', () => {
    assert.throws(() => sql('core/jobs/no-such-statement'), /ENOENT/);
  });
});
