import assert from 'node:assert/strict';
import { createOperator, type OperatorRole } from '../../../db/core/operators.ts';
import type { BulkActionRow } from '../../../db/core/bulk-actions.ts';
import { sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { hashPassword } from '../../../shared/password.ts';
import { eventually } from '../../support/eventually.ts';
import { insertFailed, runToEnd } from '../actions/failed-jobs.ts';
import { Rows } from '../actions/rows.ts';
import { ops, opsJson } from './command-line.ts';

const password = 'correct horse battery';

describe('the command line, at failures', function () {
  this.timeout(120_000);
  let rows: Rows;
  let env: Record<string, string>;
  before(async () => {
    rows = await Rows.open();
    env = { DATABASE_URL: rows.url, BROKER_URL: 'memory:', STRIPE_API_BASE: 'http://127.0.0.1:1' };
    const passwordHash = await hashPassword(password);
    const people: [string, OperatorRole][] = [
      ['ada', 'operator'],
      ['bo', 'admin'],
      ['vi', 'viewer'],
    ];
    for (const [name, role] of people)
      await createOperator(rows.db, { email: `${name}@example.com`, name, role, passwordHash });
  });
  after(() => rows.close());

  const look = () => sampleFailuresOnce({ db: rows.db, metrics: createMetrics({ process: 'test' }) });
  const propose = (kind: string, code: string, more: string[] = []) =>
    opsJson<BulkActionRow>(env, ['redrive', '--kind', kind, '--fault', code, '--reason', 'a test', ...more], password);

  it('shows groups with their notes, and leaves out of the way what was silenced', async () => {
    assert.equal((await ops(env, ['failures'])).exitCode, 5);
    await insertFailed(rows, 2, { code: 'provider_away' });
    await insertFailed(rows, 1, { code: 'bad_data', state: 'pending' });
    await look();
    assert.match(
      (await ops(env, ['failures'])).output,
      /noop +provider_away +2 +0 .*·█ +It broke\.\nnoop +bad_data +0 +1 /,
    );
    await ops(env, ['failures', 'note', 'noop', 'provider_away', 'It was the proxy.', '--actor', 'ada']);
    await ops(env, ['failures', 'silence', 'noop', 'provider_away', '--for', '2h', '--reason', 'known']);
    assert.equal((await rows.lastAudit())?.reason, 'known');
    const { output } = await ops(env, ['failures', 'list', '--kind', 'noop']);
    assert.match(output, /bad_data[^]+provider_away[^]+noop\/provider_away: It was the proxy\. \(/);
    assert.match(output, /noop\/provider_away is silenced until 20/);
    await ops(env, ['failures', 'silence', 'noop', 'provider_away', '--lift']);
    assert.doesNotMatch((await ops(env, ['failures'])).output, /silenced/);
    assert.equal((await ops(env, ['failures', 'silence', 'noop', 'x', '--lift', '--for', '1h'])).exitCode, 2);
  });

  it('counts on a dry run, and touches nothing', async () => {
    await insertFailed(rows, 3, { code: 'counted' });
    await insertFailed(rows, 1, { code: 'counted', state: 'pending' });
    const run = ['redrive', '--kind', 'noop', '--fault', 'counted', '--dry-run'];
    const { total, retrying, sample } = await opsJson<{ total: number; retrying: number; sample: object[] }>(env, run);
    assert.deepEqual([total, retrying, sample.length], [4, 1, 4]);
    assert.match((await ops(env, run)).output, /^4 jobs; 3 would be posted anew, 1 tried at once\. The newest:\n\nID/);
    assert.deepEqual((await opsJson(env, ['redrive', 'list']))['redrives'], []);
  });

  it('follows a redrive until it is done', async () => {
    await insertFailed(rows, 2, { code: 'followed' });
    const following = ops(env, ['redrive', '--kind', 'noop', '--fault', 'followed', '--reason', 'mended']);
    const { id } = await eventually(() =>
      rows.db.one<{ id: string }>("select id from core.bulk_actions where reason = 'mended'"),
    );
    await runToEnd(rows, id);
    const { exitCode, output, errors } = await following;
    assert.equal(exitCode, 0);
    assert.match(output, /is done: 2 of 2 jobs tried again, 0 taken up already, 0 could not be\.\n$/);
    assert.match(errors, /^No ticker leads/);
    assert.match((await ops(env, ['redrive', 'list'])).output, new RegExp(`${id} +done +2/2 .*noop/followed .*mended`));
  });

  it('ends with 1 when some could not be tried again', async () => {
    await insertFailed(rows, 1, { code: 'newer', version: 99 });
    const { id } = await propose('noop', 'newer', ['--no-wait']);
    await runToEnd(rows, id);
    const { exitCode, errors } = await ops(env, ['redrive', 'watch', id]);
    assert.equal(exitCode, 1);
    assert.match(errors, /1 job could not be tried again\.$/m);
  });

  it('stops looking at Ctrl-C, and says how to stop the redrive too', async () => {
    await insertFailed(rows, 1, { code: 'stopped' });
    const { id } = await propose('noop', 'stopped', ['--no-wait']);
    const interrupted = { interruption: () => AbortSignal.abort() };
    const { exitCode, output } = await ops(env, ['redrive', 'watch', id], '', interrupted);
    assert.equal(exitCode, 0);
    assert.match(output, new RegExp(`is running: 0 of 1 job .* It goes on: .*redrive stop ${id}`));
    assert.match((await ops(env, ['redrive', 'stop', id])).output, /stopped after 0 of 1 job\./);
    assert.equal((await ops(env, ['redrive', 'stop', id])).exitCode, 4);
  });

  it('wants a reason, and jobs to redrive', async () => {
    await insertFailed(rows, 1, { code: 'unreasoned' });
    assert.equal((await ops(env, ['redrive', '--kind', 'noop', '--fault', 'unreasoned'])).exitCode, 2);
    assert.equal((await ops(env, ['redrive', '--kind', 'noop', '--fault', 'none', '--reason', 'x'])).exitCode, 4);
    assert.equal((await ops(env, ['redrive', '--kind', 'nope', '--reason', 'x'])).exitCode, 3);
  });

  it('lets two people who gave their passwords redrive what moves money, and nobody else', async () => {
    await insertFailed(rows, 1, { kind: 'transfer', code: 'refused', owner: 'system' });
    const run = ['redrive', '--kind', 'transfer', '--fault', 'refused', '--reason', 'topped up'];
    const nameless = await ops(env, [...run, '--actor', 'ada@example.com'], password);
    assert.equal(nameless.exitCode, 1);
    assert.match(nameless.errors, /say who you are with --as/);
    const unknown = await ops(env, [...run, '--as', 'ada@example.com'], 'guess\n');
    assert.match(unknown.errors, /password is wrong/);
    const { id, state, createdBy } = await propose('transfer', 'refused', ['--as', 'Ada@example.com']);
    assert.deepEqual([state, createdBy], ['proposed', 'ada@example.com']);
    const approve = (who: string) =>
      ops(env, ['redrive', 'approve', id, '--as', `${who}@example.com`, '--no-wait'], `${password}\n`);
    assert.match((await approve('vi')).errors, /may look, but not act/);
    assert.match((await approve('ada')).errors, /somebody else must approve/);
    assert.equal((await approve('bo')).exitCode, 0);
    assert.equal((await approve('bo')).exitCode, 4);
    const audit = await rows.lastAudit();
    assert.deepEqual([audit?.actor, audit?.action], ['bo@example.com', 'bulk.approve']);
  });
});
