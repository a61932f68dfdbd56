import assert from 'node:assert/strict';
import pgPromise from 'pg-promise';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import type { Statement } from '../../../db/sql.ts';
import { fillJobs } from '../../../ops/bench/job-history.ts';
import { sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { Sampler } from '../../../ops/ticker/sampler.ts';
import { loadCatalog } from '../../../shared/catalog.ts';
import { createMetrics } from '../../../shared/metrics.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

const finished = 50_000;
const pending = 1_000;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

describe('what the ticker asks to know the whole system', () => {
  let database: TestDatabase;
  let db: Database;
  let asked: Statement[];
  let faulty: number;

  before(async function () {
    this.timeout(120_000);
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 1, applicationName: 'test', indexLookupsOnly: true });
    // Planned while the table is empty, as by a ticker that has run from the first day.
    await look();
    await fillJobs(db, { finished, pending, faultyShare: 0.01 });
    asked = await look();
    faulty = (await db.one<{ count: number }>('select count(*) from core.jobs where fault is not null')).count;
  });
  after(async () => {
    await db.$pool.end();
    await database.drop();
  });

  /** Samples twice, and answers what was asked. */
  async function look(): Promise<Statement[]> {
    const statements: Statement[] = [];
    const recording = new Proxy(db, {
      get(target, name: keyof Database) {
        const member = target[name] as unknown;
        if (typeof member !== 'function') return member;
        return (statement: Statement, ...rest: unknown[]) => {
          if (typeof statement === 'object' && 'text' in statement) statements.push(statement);
          return (member as (...given: unknown[]) => unknown).call(target, statement, ...rest);
        };
      },
    });
    const metrics = createMetrics({ process: 'test' });
    let nowMs = Date.now() - 2_000;
    const sampler = new Sampler({
      db: recording,
      catalog: loadCatalog({ echoKinds: false }),
      metrics,
      broker: { state: 'connecting', name: 'memory', depth: async () => new Map(), check: async () => {} },
      leader: () => ({ name: 'here', since: '2026-01-01T00:00:00.000Z' }),
      loops: () => [],
      now: () => nowMs,
    });
    await sampler.sample();
    nowMs += 4_000;
    await sampler.sample();
    await sampleFailuresOnce({ db: recording, metrics });
    return statements;
  }

  async function planOf({ text, values }: Statement, mode: string): Promise<Plan> {
    return db.tx(async tx => {
      await tx.none(`set local plan_cache_mode = '${mode}'`);
      await tx.none(`prepare probe as ${text}`);
      const call = values.length === 0 ? 'probe' : `probe(${pgPromise.as.csv(values)})`;
      const [row] = await tx.many<Record<string, [{ Plan: Plan }]>>(`explain (analyze, format json) execute ${call}`);
      await tx.none('deallocate probe');
      return row!['QUERY PLAN']![0].Plan;
    });
  }

  function scansOf(plan: Plan): Plan[] {
    return [...(plan['Relation Name'] === 'jobs' ? [plan] : []), ...(plan.Plans ?? []).flatMap(scansOf)];
  }

  for (const mode of ['force_custom_plan', 'force_generic_plan'])
    it(`reads by index what waits, what is new and what is faulty, never the history (${mode})`, async () => {
      const onJobs = asked.filter(({ text }) => /\bcore\.jobs\b/.test(text));
      assert.ok(onJobs.length >= 5, 'the statements were recorded');
      for (const statement of onJobs) {
        const scans = scansOf(await planOf(statement, mode));
        const read = scans.reduce(
          (sum, scan) => sum + scan['Actual Loops'] * (scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0)),
          0,
        );
        for (const scan of scans) assert.match(scan['Node Type'], /Index|Bitmap/, statement.text);
        // Beside what waits and what is faulty, a second's worth of the newest.
        assert.ok(read <= pending + faulty + 100, `${read} rows read by ${statement.text}`);
      }
    });
});
