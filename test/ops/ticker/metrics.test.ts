import assert from 'node:assert/strict';
import { z } from 'zod';
import { connectDatabase } from '../../../db/connect.ts';
import { raiseAlert } from '../../../db/core/alerts.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { openSpine } from '../../../db/spine.ts';
import { transact } from '../../../db/transact.ts';
import { listFailureGroups, silenceFailure } from '../../../ops/actions/failures.ts';
import { pauseQueue } from '../../../ops/actions/queues.ts';
import { sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineJob } from '../../../shared/job.ts';
import { noop } from '../../../shared/jobs/noop.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { openConsole, type OpenConsole } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { operator } from '../actions/rows.ts';

const hopeless = defineJob({
  ...noop,
  kind: 'hopeless',
  summary: 'Fails.',
  payload: z.object({}),
  result: z.object({}),
});
const leaderLock = 7_264_003;

describe('what scrapers are told', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  before(async () => {
    const fail = async () => {
      throw new Fault('unprocessable', 'It is hopeless.');
    };
    open = await openConsole({ kinds: [hopeless], handlers: [['hopeless', fail]] });
  });
  after(() => open.stop());

  const scrape = async () => (await fetch(`${open.url}/metrics`)).text();

  it('is what the leader sees of the whole system', async () => {
    await transact(open.spine, tx => insertJob(tx, hopeless, {}, { owner: 'system', requestId: uuidV7() }));
    await pauseQueue(open.spine, { kind: 'export' }, operator);
    await raiseAlert(open.db, { kind: 'payment_mismatch', subject: 'x', details: {} });
    await eventually(
      async () => {
        await sampleFailuresOnce(open.spine);
        const lines = new Set((await scrape()).split('\n'));
        for (const line of [
          'millrace_jobs_failed{kind="hopeless",process="test"} 1',
          'millrace_job_outcomes_total{kind="hopeless",outcome="failed",process="test"} 1',
          'millrace_job_outcomes_total{kind="noop",outcome="failed",process="test"} 0',
          'millrace_dead_letters_total{kind="noop",process="test"} 0',
          'millrace_queue_paused{kind="export",process="test"} 1',
          'millrace_queue_paused{kind="noop",process="test"} 0',
          'millrace_queue_disagrees{kind="noop",process="test"} 0',
          'millrace_open_alerts{alert="payment_mismatch",process="test"} 1',
          'millrace_workers{state="alive",process="test"} 1',
          'millrace_workers{state="expired",process="test"} 0',
          'millrace_ticker_loop_failing{loop="rescue",process="test"} 0',
          'millrace_transfers_permanently_failed{process="test"} 0',
          'millrace_ticker_leader{process="test"} 1',
          'millrace_database_up{process="test"} 1',
          'millrace_broker_up{process="test"} 1',
        ]) {
          assert.ok(lines.has(line), `not told: ${line}`);
        }
      },
      { timeoutMs: 30_000, intervalMs: 250 },
    );
  });

  it('leaves out failures that an operator has silenced', async () => {
    const failures = async () => /^millrace_jobs_failed\{kind="hopeless".* (\d+)$/m.exec(await scrape())?.[1];
    await sampleFailuresOnce(open.spine);
    assert.equal(await failures(), '1');
    const [group] = (await listFailureGroups(open.spine, { kind: 'hopeless' }))?.groups ?? [];
    const until = new Date(Date.now() + 60_000);
    await silenceFailure(open.spine, { kind: 'hopeless', code: group?.code ?? '', until }, operator);
    await sampleFailuresOnce(open.spine);
    assert.equal(await failures(), undefined);
  });

  it('is that the database is away', async () => {
    const spine = await openSpine({ config: open.spine.config, name: 'lonely' });
    const told = async () => /^millrace_database_up.* (\d)$/m.exec(await spine.metrics.registry.metrics())?.[1];
    assert.equal(await told(), '1');
    await spine.spineDb.$pool.end();
    assert.equal(await told(), '0');
    await spine.dispatch.close();
    await spine.broker.close();
    await spine.db.$pool.end();
  });

  it('is no more about the whole system once another leads', async () => {
    const other = connectDatabase({
      url: open.spine.config.databaseUrl!,
      maxConnections: 1,
      applicationName: 'another-ticker',
    });
    const taken = other.any('select pg_advisory_lock($1)', [leaderLock]);
    await open.db.any(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
      ['millrace-ticker-leader'],
    );
    await taken;
    await eventually(async () => {
      const text = await scrape();
      assert.match(text, /^millrace_ticker_leader\{process="test"\} 0$/m);
      assert.doesNotMatch(text, /^millrace_(jobs_failed|oldest_waiting_seconds|workers)\{/m);
    });
    await other.$pool.end();
  });
});
