import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';

const run = promisify(execFile);
const rulesFile = fileURLToPath(new URL('../../../ops/deploy/prometheus/alerts.yml', import.meta.url));

/** Series in promtool's notation, a sample a minute: `value x n` stays, `value+step x n` climbs. */
type World = Record<string, string>;

const well: World = {
  'up{job="edge", instance="e"}': '1x400',
  'millrace_database_up{process="edge"}': '1x400',
  'millrace_database_up{process="ticker"}': '1x400',
  'millrace_broker_up{process="edge"}': '1x400',
  'millrace_broker_up{process="ticker"}': '1x400',
  'millrace_ticker_leader{instance="a"}': '1x400',
  'millrace_ticker_leader{instance="b"}': '0x400',
  'millrace_sampled_timestamp_seconds{instance="a"}': '0+60x400',
  'millrace_sampled_timestamp_seconds{instance="b"}': '0x400',
  'millrace_workers{state="alive"}': '2x400',
  'millrace_workers{state="expired"}': '0x400',
  'millrace_ticker_loop_failing{loop="reap"}': '0x400',
  millrace_relay_lag_seconds: '0.5x400',
  'millrace_oldest_waiting_seconds{kind="noop"}': '1x400',
  'millrace_queue_paused{kind="noop"}': '0x400',
  'millrace_queue_disagrees{kind="noop"}': '0x400',
  'millrace_dead_letters_total{kind="noop"}': '0x400',
  'millrace_job_outcomes_total{kind="noop", outcome="succeeded"}': '0+100x400',
  'millrace_job_outcomes_total{kind="noop", outcome="failed"}': '0+1x400',
  'millrace_job_outcomes_total{kind="noop", outcome="retry"}': '0+1x400',
  'millrace_jobs_failed{kind="noop"}': '0x400',
  millrace_transfers_permanently_failed: '0x400',
  'millrace_open_alerts{alert="payment_mismatch"}': '0x400',
  'millrace_provider_call_seconds_count{provider="stripe", outcome="200"}': '0+100x400',
  'millrace_provider_call_seconds_count{provider="stripe", outcome="402"}': '0+90x400',
  'millrace_provider_call_seconds_count{provider="stripe", outcome="503"}': '0+1x400',
  'millrace_http_request_seconds_count{surface="jobs", status="202"}': '0+1000x400',
  'millrace_http_request_seconds_count{surface="jobs", status="500"}': '0+1x400',
};

const absent = null;

/** What changes in the well world, and the alert that must fire by it, at a minute at which it must not have fired yet and one at which it must. */
const troubles: { alert: string; change: Record<string, string | null>; quietAt: number; firesAt: number }[] = [
  { alert: 'ProcessAway', change: { 'up{job="edge", instance="e"}': '1x10 0x400' }, quietAt: 11, firesAt: 13 },
  {
    alert: 'DatabaseAway',
    change: { 'millrace_database_up{process="edge"}': '1x10 0x400' },
    quietAt: 11,
    firesAt: 12,
  },
  { alert: 'BrokerDown', change: { 'millrace_broker_up{process="ticker"}': '1x10 0x400' }, quietAt: 11, firesAt: 13 },
  { alert: 'WorkersGone', change: { 'millrace_workers{state="alive"}': '2x10 0x400' }, quietAt: 11, firesAt: 13 },
  {
    alert: 'NoTickerLeader',
    change: { 'millrace_ticker_leader{instance="a"}': '1x10 0x400' },
    quietAt: 11,
    firesAt: 13,
  },
  {
    alert: 'NoTickerLeader',
    change: { 'millrace_ticker_leader{instance="a"}': absent, 'millrace_ticker_leader{instance="b"}': absent },
    quietAt: 0,
    firesAt: 2,
  },
  {
    alert: 'SampleStale',
    change: { 'millrace_sampled_timestamp_seconds{instance="a"}': '0+60x10 600x400' },
    quietAt: 13,
    firesAt: 15,
  },
  {
    alert: 'TickerLoopFailing',
    change: { 'millrace_ticker_loop_failing{loop="reap"}': '0x10 1x400' },
    quietAt: 15,
    firesAt: 17,
  },
  {
    alert: 'OldestDue',
    change: { 'millrace_oldest_waiting_seconds{kind="noop"}': '1x10 301x400' },
    quietAt: 12,
    firesAt: 14,
  },
  { alert: 'RelayLag', change: { millrace_relay_lag_seconds: '0x10 61x400' }, quietAt: 12, firesAt: 14 },
  { alert: 'StuckLeases', change: { 'millrace_workers{state="expired"}': '0x10 1x400' }, quietAt: 12, firesAt: 14 },
  {
    alert: 'QueueDisagrees',
    change: { 'millrace_queue_disagrees{kind="noop"}': '0x10 1x400' },
    quietAt: 12,
    firesAt: 14,
  },
  {
    alert: 'QueuePausedLong',
    change: { 'millrace_queue_paused{kind="noop"}': '0x10 1x400' },
    quietAt: 245,
    firesAt: 255,
  },
  {
    alert: 'DeadLetters',
    change: { 'millrace_dead_letters_total{kind="noop"}': '0x10 1x400' },
    quietAt: 10,
    firesAt: 12,
  },
  {
    alert: 'FailureRate',
    change: { 'millrace_job_outcomes_total{kind="noop", outcome="retry"}': '0x10 0+50x400' },
    quietAt: 12,
    firesAt: 25,
  },
  { alert: 'FailedJobs', change: { 'millrace_jobs_failed{kind="noop"}': '0x10 3x400' }, quietAt: 60, firesAt: 72 },
  {
    alert: 'ProviderFailing',
    change: { 'millrace_provider_call_seconds_count{provider="stripe", outcome="503"}': '0x10 0+200x400' },
    quietAt: 11,
    firesAt: 20,
  },
  {
    alert: 'EdgeErrors',
    change: { 'millrace_http_request_seconds_count{surface="jobs", status="500"}': '0x10 0+50x400' },
    quietAt: 11,
    firesAt: 20,
  },
  {
    alert: 'TransfersPermanentlyFailed',
    change: { millrace_transfers_permanently_failed: '0x10 1x400' },
    quietAt: 15,
    firesAt: 17,
  },
  {
    alert: 'OpenAlerts',
    change: { 'millrace_open_alerts{alert="payment_mismatch"}': '0x10 1x400' },
    quietAt: 15,
    firesAt: 17,
  },
];

describe('the alerts', function () {
  this.timeout(60_000);
  const dir = mkdtempSync(join(tmpdir(), 'alerts-'));
  before(async function () {
    // Debian's package `prometheus` brings it.
    await run('promtool', ['--version']).catch(() => this.skip());
  });
  after(() => rmSync(dir, { recursive: true }));

  /** Runs the rules over a world; `fires` is the sorted alerts that fire at each minute asked for. */
  async function check(name: string, world: World, fires: { at: number; alerts: string[] }[]): Promise<void> {
    const file = join(dir, `${name}.json`);
    const test = {
      interval: '1m',
      input_series: Object.entries(world).map(([series, values]) => ({ series, values })),
      promql_expr_test: fires.map(({ at, alerts }) => ({
        expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: `${at}m`,
        exp_samples: alerts.map(alert => ({ labels: `{alertname="Millrace${alert}"}`, value: 1 })),
      })),
    };
    writeFileSync(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests: [test] }));
    await run('promtool', ['test', 'rules', file]).catch((error: { stdout?: string; stderr?: string }) =>
      assert.fail(`${error.stdout}${error.stderr}`),
    );
  }

  it('are silent while all is well', () => check('well', well, [{ at: 300, alerts: [] }]));

  it('leave a paused kind’s age alone', () =>
    check(
      'paused',
      {
        ...well,
        'millrace_oldest_waiting_seconds{kind="noop"}': '9000x400',
        'millrace_queue_paused{kind="noop"}': '1x400',
      },
      [{ at: 60, alerts: [] }],
    ));

  for (const [index, { alert, change, quietAt, firesAt }] of troubles.entries()) {
    it(`tell by Millrace${alert} what it is for, alone, and not at once`, () => {
      const world = Object.fromEntries(
        Object.entries({ ...well, ...change }).filter((entry): entry is [string, string] => entry[1] !== null),
      );
      return check(String(index), world, [
        { at: quietAt, alerts: [] },
        { at: firesAt, alerts: [alert] },
      ]);
    });
  }

  it('are each shown to fire', () => {
    const { groups } = parse(readFileSync(rulesFile, 'utf8')) as { groups: { rules: { alert: string }[] }[] };
    const all = groups.flatMap(group => group.rules.map(rule => rule.alert));
    assert.deepEqual(new Set(troubles.map(({ alert }) => `Millrace${alert}`)), new Set(all));
  });
});
