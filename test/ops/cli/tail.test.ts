import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ClaimedJob } from '../../../db/core/job-run.ts';
import { recordOutcome } from '../../../db/record.ts';
import { transact } from '../../../db/transact.ts';
import { JobTail, type TailEvent } from '../../../ops/cli/job-tail.ts';
import type { Outcome } from '../../../shared/outcome.ts';
import { eventually } from '../../support/eventually.ts';
import { failed, Rows } from '../actions/rows.ts';
import { ops } from './command-line.ts';

describe('the tail', function () {
  this.timeout(120_000);
  let rows: Rows;
  let env: Record<string, string>;
  before(async () => {
    rows = await Rows.open();
    env = { DATABASE_URL: rows.url, BROKER_URL: 'memory:', STRIPE_API_BASE: 'http://127.0.0.1:1' };
  });
  after(() => rows.close());

  const follow = async (filter: { kind?: string; owner?: string } = {}) => {
    const tail = new JobTail(rows.db, { kind: null, owner: null, ...filter });
    await tail.look();
    return async () => (await tail.look()).events.map(({ event, job }) => [event, job.id]);
  };

  const record = (job: ClaimedJob, outcome: Outcome) =>
    transact(rows, tx => recordOutcome(tx, rows.settlers, { ...job, worker: rows.worker }, outcome));

  it('tells each start and each end once, in their order', async () => {
    const look = await follow();
    const id = await rows.post();
    assert.deepEqual(await look(), []);
    const job = await rows.claim(id);
    assert.deepEqual(await look(), [['started', id]]);
    assert.deepEqual(await look(), []);
    await record(job, { state: 'succeeded', result: {} });
    assert.deepEqual(await look(), [['succeeded', id]]);
    assert.deepEqual(await look(), []);
  });

  it('tells of a job that began and ended between two looks by its end', async () => {
    const look = await follow();
    const ids = [await rows.post(), await rows.post()];
    await rows.end(ids[0]!, failed);
    await rows.end(ids[1]!, { state: 'succeeded', result: {} });
    assert.deepEqual(await look(), [
      ['failed', ids[0]],
      ['succeeded', ids[1]],
    ]);
  });

  it('tells of the end of what ran before it began to look, and of each attempt', async () => {
    const id = await rows.post();
    const job = await rows.claim(id);
    const look = await follow();
    assert.deepEqual(await look(), []);
    await record(job, { state: 'pending', why: 'retry', delayMs: 0, fault: { code: 'x', message: 'X.' } });
    assert.deepEqual(await look(), [['retrying', id]]);
    await rows.claim(id);
    assert.deepEqual(await look(), [['started', id]]);
  });

  it('tells only of the kind and the owner asked for', async () => {
    const looks = [
      await follow({ kind: 'noop-local' }),
      await follow({ owner: 'service/other' }),
      await follow({ kind: 'noop' }),
    ];
    const id = await rows.post();
    await rows.end(id, { state: 'succeeded', result: {} });
    const seen = await Promise.all(looks.map(look => look()));
    assert.deepEqual(seen, [[], [], [['succeeded', id]]]);
  });

  it('prints a line a turn, and ends at Ctrl-C with 0', async () => {
    const args = ['--import', 'tsx', 'ops/cli/main.ts', 'tail', '--json'];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const id = await eventually(
      async () => {
        const made = await rows.post();
        await rows.end(made, failed);
        const told = output.split('\n').find(line => line !== '');
        assert.ok(told);
        return (JSON.parse(told) as TailEvent).job.id;
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    assert.ok(await rows.job(id));
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('says in colours what happened, on a terminal', async () => {
    const interrupted = new AbortController();
    let output = '';
    const running = ops(env, ['tail'], '', {
      look: { width: 100, colors: true },
      interruption: () => interrupted.signal,
      write: text => void (output += text),
    });
    const id = await eventually(
      async () => {
        const made = await rows.post();
        await rows.end(made, failed);
        assert.notEqual(output, '');
        return made;
      },
      { timeoutMs: 30_000, intervalMs: 500 },
    );
    interrupted.abort();
    assert.equal((await running).exitCode, 0);
    assert.ok(output.startsWith('\u001b[31m') && output.includes('  failed   \u001b[0m  noop '), output);
    assert.match(output, /noop +[0-9a-f-]{36} {2}\d+ ms {2}broken: It broke\./);
    assert.ok(id);
  });
});
