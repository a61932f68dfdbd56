import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { besideRunning } from '../../../ops/cli/run-file.ts';
import { runDirectory } from '../../support/run-directory.ts';
import { ops } from './command-line.ts';

describe('finding a running instance', () => {
  const run = { databaseUrl: 'postgres://a', brokerUrl: 'memory:', edge: 'http://e', ops: 'http://o' };
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await runDirectory('data');
  });

  function write(content: object): void {
    writeFileSync(join(dataDir, 'run.json'), JSON.stringify(content));
  }

  it('takes the addresses of the instance that runs on the data directory', () => {
    write({ ...run, stripeApiBase: 'http://s', stripeSecretKey: 'sk', pid: process.pid });
    const found = besideRunning({ DATA_DIR: dataDir, BROKER_URL: '' });
    assert.deepEqual(
      [found['DATABASE_URL'], found['BROKER_URL'], found['STRIPE_API_BASE'], found['STRIPE_SECRET_KEY']],
      ['postgres://a', 'memory:', 'http://s', 'sk'],
    );
  });

  it('prefers what the environment names', () => {
    write({ ...run, pid: process.pid });
    const env = { DATA_DIR: dataDir, DATABASE_URL: 'postgres://b' };
    assert.equal(besideRunning(env), env);
  });

  it('does not believe the file of an instance that has ended', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    write({ ...run, pid });
    assert.throws(() => besideRunning({ DATA_DIR: dataDir }), { code: 'unavailable', message: /no "npm start" runs/ });
  });

  it('refuses a file that is not what npm start writes', () => {
    write({ hello: 'there' });
    assert.throws(() => besideRunning({ DATA_DIR: dataDir }), { code: 'unavailable', message: /is not what/ });
  });

  it('says in one line what to do when nothing runs, and ends with 5', async () => {
    const { exitCode, errors } = await ops({ DATA_DIR: dataDir }, ['jobs', 'list']);
    assert.equal(exitCode, 5);
    assert.match(errors, /^DATABASE_URL is not set and no "npm start" runs on .+\n$/);
  });
});
