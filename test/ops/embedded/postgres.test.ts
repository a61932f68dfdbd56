import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import pgPromise from 'pg-promise';
import { type EmbeddedPostgres, startPostgres } from '../../../ops/embedded/postgres.ts';
import { processMark } from '../../../ops/embedded/process-mark.ts';
import { eventually } from '../../support/eventually.ts';
import { runDirectory } from '../../support/run-directory.ts';
import { startOwner } from './owner-process.ts';

const pgp = pgPromise({ noWarnings: true });

async function query<T>(url: string, sql: string): Promise<T[]> {
  const connection = await pgp(url).connect({ direct: true });
  try {
    return await connection.any<T>(sql);
  } finally {
    await connection.done();
  }
}

describe('startPostgres', () => {
  let dir: string;
  let server: EmbeddedPostgres;

  before(async () => {
    dir = await runDirectory('postgres');
    server = await startPostgres({ dir, durable: true });
    await query(server.url, 'create table kept (n int)');
  });
  after(() => server.stop());

  it('syncs every commit when it is durable', async () => {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes'];
    for (const name of names) assert.deepEqual(await query(server.url, `show ${name}`), [{ [name]: 'on' }]);
  });

  it('keeps its password where only its owner reads it', () => {
    assert.equal(statSync(join(dir, 'password')).mode & 0o777, 0o600);
  });

  it('refuses a login without the password', async () => {
    const url = new URL(server.url);
    url.password = 'wrong';
    await assert.rejects(query(url.href, 'select 1'), /password authentication failed/);
  });

  it('refuses a directory whose owner is alive', async () => {
    await assert.rejects(startPostgres({ dir, durable: true }), /is in use by process \d+/);
  });

  it('keeps committed rows through a restart without a checkpoint', async () => {
    await query(server.url, 'insert into kept values (1)');
    const { pid, url } = server;
    await server.restart();
    assert.notEqual(server.pid, pid);
    assert.equal(server.url, url);
    assert.deepEqual(await query(url, 'select n from kept where n = 1'), [{ n: 1 }]);
  });

  it('comes back on its port after it was killed', async () => {
    await query(server.url, 'insert into kept values (2)');
    await server.kill();
    await assert.rejects(query(server.url, 'select 1'));
    await server.restart();
    assert.deepEqual(await query(server.url, 'select n from kept where n = 2'), [{ n: 2 }]);
  });

  it('finds its rows again after a stop', async () => {
    await query(server.url, 'insert into kept values (3)');
    await server.stop();
    server = await startPostgres({ dir, durable: true });
    assert.deepEqual(await query(server.url, 'select n from kept where n = 3'), [{ n: 3 }]);
  });
});

describe('startPostgres after an owner that was killed', () => {
  it('stops the server left running and keeps its rows', async () => {
    const dir = await runDirectory('postgres');
    const owner = await startOwner('postgres', dir);
    await query(owner.url, 'create table kept as select 1 as n');
    owner.process.kill('SIGKILL');
    await once(owner.process, 'exit');
    assert.notEqual(processMark(owner.pid), null);

    const server = await startPostgres({ dir, durable: true });
    assert.equal(processMark(owner.pid), null);
    assert.deepEqual(await query(server.url, 'select n from kept'), [{ n: 1 }]);
    await server.stop();
  });

  it('ends with an owner that exits without stopping it', async () => {
    const owner = await startOwner('postgres', await runDirectory('postgres'), 'exit');
    await eventually(() => assert.equal(processMark(owner.pid), null));
  });
});
