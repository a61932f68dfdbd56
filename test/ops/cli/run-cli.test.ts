import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { verifyPassword } from '../../../shared/password.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { raiseAlert } from '../../../db/core/alerts.ts';
import { findOperator } from '../../../db/core/operators.ts';
import { findServiceKey } from '../../../db/core/service-keys.ts';
import { findUserByEmail } from '../../../db/marketplace/users.ts';
import { failed, Rows } from '../actions/rows.ts';
import { ops, opsJson } from './command-line.ts';

describe('the command line', function () {
  this.timeout(60_000);
  let rows: Rows;
  let env: Record<string, string>;
  before(async () => {
    rows = await Rows.open();
    env = { DATABASE_URL: rows.url, BROKER_URL: 'memory:', STRIPE_API_BASE: 'http://127.0.0.1:1' };
  });
  after(() => rows.close());

  it('prints a new service key once, as the last line', async () => {
    const { exitCode, output } = await ops(env, ['keys', 'create', '--name', 'shop', '--kinds', 'noop,noop-local']);
    assert.equal(exitCode, 0);
    const key = output.trimEnd().split('\n').at(-1) ?? '';
    assert.deepEqual((await findServiceKey(rows.db, key))?.kinds, ['noop', 'noop-local']);
    const list = await ops(env, ['keys', 'list']);
    assert.match(list.output, /shop +noop, noop-local/);
    assert.ok(!list.output.includes(key));
  });

  it('answers JSON, and nothing else, with --json', async () => {
    const made = await opsJson(env, ['keys', 'create', '--name', 'j', '--kinds', '*', '--operator']);
    assert.deepEqual((await findServiceKey(rows.db, String(made['key'])))?.operator, true);
    const { jobs } = await opsJson(env, ['jobs', 'list']);
    assert.ok(Array.isArray(jobs));
  });

  it('lists, shows, retries and cancels jobs', async () => {
    const id = await rows.post({ hello: 'there' });
    await rows.end(id, failed);
    assert.match((await ops(env, ['jobs', 'list', '--status', 'failed'])).output, new RegExp(`${id} +noop +failed`));
    assert.match((await ops(env, ['jobs', 'show', id])).output, /fault +broken: It broke\.\ncause +a cause/);
    const again = await opsJson(env, ['jobs', 'retry', id, '--actor', 'ada', '--reason', 'it is mended']);
    const { actor, reason } = (await rows.lastAudit())!;
    assert.deepEqual([actor, reason], ['ada', 'it is mended']);
    const fresh = String(again['jobId']);
    assert.equal((await ops(env, ['jobs', 'cancel', fresh])).exitCode, 0);
    assert.equal((await rows.job(fresh)).state, 'cancelled');
  });

  it('makes what it inserts due at once: it has no broker to send it to', async () => {
    const id = await rows.post();
    await rows.end(id, failed);
    const { jobId } = await opsJson(env, ['jobs', 'retry', id]);
    const { overdue } = await rows.db.one<{ overdue: boolean }>(
      'select due_at <= now() as overdue from core.jobs where id = $1',
      [jobId],
    );
    assert.equal(overdue, true);
  });

  it('names the system’s user in the audit unless told otherwise', async () => {
    await ops(env, ['queues', 'pause', 'noop']);
    assert.match((await rows.lastAudit())?.actor ?? '', /^cli\/\w+/);
    assert.match((await ops(env, ['queues'])).output, /noop +yes/);
    await ops(env, ['queues', 'concurrency', 'noop', '7']);
    await ops(env, ['queues', 'resume', 'noop']);
    assert.match((await ops(env, ['queues', 'list'])).output, /noop +no +7 \(set\)/);
    await ops(env, ['queues', 'reset', 'noop', '--reason', 'enough']);
    assert.equal((await rows.lastAudit())?.reason, 'enough');
    assert.match((await ops(env, ['queues'])).output, /noop +no +200 /);
  });

  it('pauses and resumes every kind at once, and asks which if none is named', async () => {
    const { kinds } = await opsJson<{ kinds: string[] }>(env, ['queues', 'pause', '--all', '--reason', 'a flood']);
    assert.ok(kinds.length > 10);
    assert.match((await ops(env, ['queues'])).output, /transfer +yes/);
    assert.equal((await ops(env, ['queues', 'resume', '--all'])).exitCode, 0);
    assert.doesNotMatch((await ops(env, ['queues'])).output, / yes /);
    assert.equal((await ops(env, ['queues', 'pause'])).exitCode, 2);
    assert.equal((await ops(env, ['queues', 'pause', 'noop', '--all'])).exitCode, 2);
  });

  it('finds jobs by all that the console finds them by', async () => {
    const id = await rows.post({ n: 1 });
    await rows.end(id, { state: 'failed', fault: { code: 'searched', message: 'It broke.' } });
    const find = async (...filter: string[]) => {
      const { jobs } = await opsJson<{ jobs: { id: string }[] }>(env, ['jobs', 'list', ...filter]);
      return jobs.map(job => job.id);
    };
    const fits = [
      '--kind',
      'noop',
      '--status',
      'failed',
      '--owner',
      'service/test',
      '--tenant',
      'acme',
      '--from',
      '1h',
    ];
    assert.deepEqual(await find('--fault', 'searched', '--open', ...fits), [id]);
    assert.deepEqual(await find('--ids', `${id},${uuidV7()}`), [id]);
    for (const other of [
      ['--fault', 'no'],
      ['--tenant', 'x'],
      ['--to', '2020-01-31'],
      ['--key', 'x'],
      ['--before', id],
    ])
      assert.ok(!(await find(...other)).includes(id), other.join(' '));
    await ops(env, ['jobs', 'retry', id]);
    assert.deepEqual(await find('--fault', 'searched', '--open'), []);
    assert.match((await ops(env, ['jobs', 'show', id])).output, /posted anew as +[0-9a-f-]{36}/);
  });

  it('clones a job', async () => {
    const id = await rows.post({ n: 7 });
    const { jobId } = await opsJson<{ jobId: string }>(env, ['jobs', 'clone', id, '--reason', 'once more']);
    assert.deepEqual((await rows.job(jobId)).payload, { n: 7 });
  });

  it('pauses and resumes schedules, and runs one', async () => {
    await ops(env, ['schedules', 'pause', 'swap-expiry', '--reason', 'quiet']);
    assert.match((await ops(env, ['schedules'])).output, /swap-expiry .*yes/);
    await ops(env, ['schedules', 'resume', 'swap-expiry']);
    assert.match((await ops(env, ['schedules'])).output, /swap-expiry .*no/);
    const { jobIds } = await opsJson<{ jobIds: string[] }>(env, ['schedules', 'run', 'swap-expiry']);
    assert.equal((await rows.job(jobIds[0] ?? '')).kind, 'swap-expiry');
    assert.equal((await ops(env, ['schedules', 'pause', 'nope'])).exitCode, 3);
  });

  it('lists and closes alerts, and tells of it in the audit', async () => {
    await raiseAlert(rows.db, { kind: 'payment_mismatch', subject: 'order-1', details: { captured: 1 } });
    const { alerts } = await opsJson<{ alerts: { id: string }[] }>(env, ['alerts']);
    const id = alerts[0]?.id ?? '';
    assert.match((await ops(env, ['alerts'])).output, new RegExp(`${id} +payment_mismatch +order-1 +1`));
    await ops(env, ['alerts', 'close', id, '--actor', 'ada', '--reason', 'settled by hand']);
    assert.match((await ops(env, ['alerts'])).output, /No open alerts/);
    assert.match((await ops(env, ['alerts', 'list', '--closed'])).output, /payment_mismatch.*ada +settled by hand/);
    assert.equal((await ops(env, ['alerts', 'close', id])).exitCode, 3);
    const audit = await ops(env, ['audit', '--by', 'ada', '--action', 'alert.close', '--from', '1h']);
    assert.match(audit.output, new RegExp(`Z {2}ada +alert.close +${id} +1 +settled by hand`));
    assert.match((await ops(env, ['audit', '--by', 'nobody'])).output, /No entries/);
  });

  it('says who may sign in at the console', async () => {
    const add = ['operators', 'add', '--email', 'Ada@example.com', '--name', 'Ada', '--role', 'admin'];
    const made = await ops(env, add);
    const password = made.output.trimEnd().split('\n').at(-1) ?? '';
    const known = await findOperator(rows.db, 'ada@example.com');
    assert.equal(await verifyPassword(known?.passwordHash ?? null, password), true);
    assert.equal((await ops(env, add)).exitCode, 4);
    await ops(env, ['operators', 'add', '--email', 'bo@example.com', '--name', 'Bo', '--role', 'viewer']);
    await ops(env, ['operators', 'role', 'bo@example.com', 'operator']);
    await ops(env, ['operators', 'disable', 'bo@example.com', '--reason', 'gone']);
    assert.match((await ops(env, ['operators'])).output, /bo@example\.com +Bo +operator .*yes/);
    assert.match((await ops(env, ['operators', 'enable', 'bo@example.com'])).output, /is enabled/);
    const fresh = await opsJson<{ password: string }>(env, ['operators', 'password', 'bo@example.com']);
    const bo = await findOperator(rows.db, 'bo@example.com');
    assert.equal(await verifyPassword(bo?.passwordHash ?? null, fresh.password), true);
    assert.equal((await ops(env, ['operators', 'disable', 'ada@example.com'])).exitCode, 4);
    assert.equal((await ops(env, ['operators', 'role', 'nobody@example.com', 'admin'])).exitCode, 3);
  });

  it('sows jobs to try the system with, but not in production', async () => {
    assert.equal((await ops(env, ['seed', 'jobs', '--count', '1500', '--kind', 'noop-local'])).exitCode, 0);
    const { sown } = await rows.db.one<{ sown: number }>(
      "select count(*) as sown from core.jobs where kind = 'noop-local'",
    );
    assert.equal(sown, 1_500);
    const forReal = { ...env, NODE_ENV: 'production', SANDBOX_ENABLED: 'true', BROKER_URL: 'amqp://127.0.0.1:1' };
    const secrets = { JWT_SECRET: 'x'.repeat(32), ENCRYPTION_KEY: 'x'.repeat(32) };
    const { exitCode, errors } = await ops({ ...forReal, ...secrets }, ['seed', 'jobs', '--count', '1']);
    assert.equal(exitCode, 1);
    assert.match(errors, /in production/);
  });

  it('ends with 1 for a status that misses something, if that is asked', async () => {
    assert.equal((await ops(env, ['status'])).exitCode, 0);
    const { exitCode, output, errors } = await ops(env, ['status', '--check']);
    assert.equal(exitCode, 1);
    assert.match(output, /ticker +none leads/);
    assert.match(errors, /^Missing: a ticker that leads\.$/m);
  });

  it('takes an administrator’s password from standard input, or makes one and prints it last', async () => {
    const given = ['users', 'create-admin', '--email', 'a@example.com', '--username', 'admin-a', '--password-stdin'];
    const { output } = await ops(env, given, 'correct horse battery\n');
    assert.ok(!output.includes('correct'));
    const made = await ops(env, ['users', 'create-admin', '--email', 'b@example.com', '--username', 'admin-b']);
    const password = made.output.trimEnd().split('\n').at(-1) ?? '';
    for (const [email, secret] of [
      ['a@example.com', 'correct horse battery'],
      ['b@example.com', password],
    ] as const) {
      const user = await findUserByEmail(rows.db, email);
      assert.equal(user?.role, 'admin');
      assert.equal(await verifyPassword(user.passwordHash, secret), true);
    }
  });

  it('migrates, reads the status, the schedules and the alerts, and ticks', async () => {
    assert.match((await ops(env, ['migrate'])).output, /Nothing to apply/);
    assert.match((await ops(env, ['status'])).output, /No worker is alive|1 alive/);
    assert.match((await ops(env, ['schedules', 'list'])).output, /transfer-comparison +30 3/);
    assert.match((await ops(env, ['alerts'])).output, /No open alerts/);
    assert.match(
      (await ops(env, ['tick', '--only', 'schedule', 'drain'])).output,
      /^schedule {2}\S.*\ndrain {5}not here/,
    );
  });

  it('shows the configuration with its secrets masked, and opens nothing for it', async () => {
    const { exitCode, output } = await ops({ DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/x' }, ['config']);
    assert.equal(exitCode, 0);
    assert.match(output, /DATABASE_URL +\*{8}/);
    assert.ok(!output.includes('hush'));
  });

  it('tells control characters of a client from the terminal’s own', async () => {
    const id = await rows.post({ trick: '\u009b31m' });
    assert.ok(!(await ops(env, ['jobs', 'show', id])).output.includes('\u009b'));
  });

  const nowhere = { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' };
  const failures: [string, string[], Record<string, string> | null, number, RegExp][] = [
    ['an unknown command', ['nope'], null, 2, /unknown command/],
    ['a missing option', ['keys', 'create', '--name', 'x'], null, 2, /--kinds/],
    ['a malformed id', ['jobs', 'show', '12'], null, 2, /must be an id/],
    ['a number out of bounds', ['queues', 'concurrency', 'noop', '0'], null, 2, /from 1 to 1000/],
    ['a kind that no key can post', ['keys', 'create', '--name', 'x', '--kinds', 'nope'], null, 2, /no kind "nope"/],
    ['a mistake in the configuration', ['config'], { PORT: 'x' }, 2, /PORT/],
    ['a job that does not exist', ['jobs', 'cancel', uuidV7()], null, 3, /no such job/],
    ['a kind that does not exist', ['queues', 'pause', 'nope'], null, 3, /no kind/],
    ['a database that does not answer', ['jobs', 'list'], nowhere, 5, /doesn't answer/],
  ];
  for (const [what, args, failingEnv, exitCode, message] of failures) {
    it(`ends with ${exitCode} and one line for ${what}`, async () => {
      const ran = await ops(failingEnv ?? env, args);
      assert.equal(ran.exitCode, exitCode);
      assert.match(ran.errors, message);
      assert.doesNotMatch(ran.errors, /\n {4}at /);
    });
  }

  it('ends with 4 for a job in a state that does not admit the verb', async () => {
    const id = await rows.post();
    await rows.end(id, { state: 'succeeded', result: {} });
    assert.equal((await ops(env, ['jobs', 'retry', id])).exitCode, 4);
    assert.equal((await ops(env, ['jobs', 'cancel', id])).exitCode, 4);
  });

  it('runs as a process of its own, with its exit code', async () => {
    const args = ['--import', 'tsx', 'ops/cli/main.ts', 'jobs', 'show', uuidV7()];
    const run = promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    await assert.rejects(run, { code: 3, stdout: '', stderr: 'There is no such job.\n' });
  });
});
