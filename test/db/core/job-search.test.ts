import fc from 'fast-check';
import assert from 'node:assert/strict';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import { type FoundJob, type JobSearch, type SearchBounds, searchJobs } from '../../../db/core/job-search.ts';
import { sql } from '../../../db/sql.ts';
import { jobStatuses, statusOf } from '../../../shared/state.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

const kinds = ['noop', 'transfer', 'export'];
const owners = ['service/a', 'service/b', 'system'];
const tenants = ['acme', 'globex'];
const codes = ['away', 'broken', 'cancelled'];
const firstMs = Date.parse('2026-01-01T00:00:00Z');
const everyMs = 1_000;
const jobs = 240;

/** Windows of a few rows, and sets that are too large at once: the seams are where mistakes are. */
const narrow: SearchBounds = { firstWindowRows: 2, maxWindowRows: 9, setRows: 1_000, budgetMs: 10_000 };

describe('the search for jobs', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let db: Database;
  let all: FoundJob[];

  before(async () => {
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 2, applicationName: 'test' });
    const worker = uuidV7();
    await db.none(
      `insert into core.workers (id, name, version, kinds, lease_until, busy_since)
       values ($1, 'test', '0', '{noop}', now() + interval '1 hour', now() - interval '1 minute')`,
      [worker],
    );
    for (let n = 0; n < jobs; n += 1) await insertRow(db, n, worker);
    all = (await searchJobs(db, { limit: 1_000 })).jobs;
  });

  after(async () => {
    await db.$pool.end();
    await database.drop();
  });

  it('finds all of them, newest first, where nothing is asked for', () => {
    assert.equal(all.length, jobs);
    assert.deepEqual(
      all.map(job => job.id),
      all.map(job => job.id).toSorted((a, b) => (a < b ? 1 : -1)),
    );
  });

  it('finds what a look at every job would find, whatever is asked for and however often it must go on', async () => {
    /** Most are left out: with all of them nothing would ever fit. */
    const seldom = <Value>(value: fc.Arbitrary<Value>) =>
      fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
    const maybe = <Value>(values: readonly Value[]) => seldom(fc.constantFrom(...values));
    const moment = seldom(fc.integer({ min: -2, max: jobs + 2 }).map(n => new Date(firstMs + n * everyMs)));
    const search = fc.record({
      kind: maybe([...kinds, 'nothing']),
      status: fc.option(fc.constantFrom(...jobStatuses), { nil: undefined }),
      owner: maybe([...owners, 'nobody']),
      tenant: maybe(tenants),
      code: maybe([...codes, 'other']),
      isOpen: maybe([true]),
      from: moment,
      to: moment,
      ids: seldom(fc.uniqueArray(fc.integer({ min: 0, max: jobs - 1 }), { maxLength: 30 })),
      limit: fc.integer({ min: 1, max: 20 }),
      setRows: fc.constantFrom(1, 1_000),
    });
    await fc.assert(
      fc.asyncProperty(search, async ({ ids: places, setRows, ...asked }) => {
        const ids = places?.map(place => all[place]!.id);
        const wanted = all.filter(job => fits(job, { ...asked, ids })).map(job => job.id);
        assert.deepEqual(await searchWhole(db, { ...asked, ids }, { ...narrow, setRows }), wanted);
      }),
      { numRuns: 250 },
    );
  });

  it('says how far it came when it has read enough, and is led on from there', async () => {
    const rare = all.findLast(job => job.kind === 'export' && job.owner === 'system')!;
    const search = { kind: 'export', owner: 'system', status: 'succeeded' as const, limit: 50 };
    const hasty: SearchBounds = { ...narrow, maxWindowRows: 2, budgetMs: 0 };
    const first = await searchJobs(db, search, hasty);
    assert.equal(first.isCut, true);
    assert.ok(first.nextBeforeId! > rare.id);
    // Two rows of the rarer index lead further back than two of the other.
    assert.equal(first.nextBeforeId, all.filter(job => job.kind === 'export')[1]!.id);
    assert.deepEqual(
      await searchWhole(db, search, hasty),
      all.filter(job => fits(job, search)).map(job => job.id),
    );
  });

  it('knows when a full page is the last', async () => {
    const search = { kind: 'export', limit: all.filter(job => job.kind === 'export').length };
    const { jobs: found, nextBeforeId } = await searchJobs(db, search);
    assert.equal(found.length, search.limit);
    assert.equal(nextBeforeId, null);
  });

  it('finds a live job by its unique key', async () => {
    const live = all.find(job => job.uniqueKey !== null)!;
    const find = async (search: Partial<JobSearch>) =>
      (await searchJobs(db, { uniqueKey: live.uniqueKey!, limit: 5, ...search })).jobs.map(job => job.id);
    assert.deepEqual(await find({}), [live.id]);
    assert.deepEqual(await find({ kind: 'nothing' }), []);
    assert.deepEqual(await find({ uniqueKey: 'nobody’s' }), []);
  });

  const values = { kind: 'noop', owner: 'service/a', tenant: 'acme', code: null, states: null, retrying: null };
  const bounds = { fromId: uuidV7(firstMs), beforeId: uuidV7(), isOpen: false, limit: 51 };
  const orders = {
    time: 'jobs_pkey',
    owner: 'jobs_owner',
    tenant: 'jobs_tenant',
    kind: 'jobs_kind',
    fault: 'jobs_faulty',
  };
  for (const [by, index] of Object.entries(orders)) {
    it(`goes by ${index} alone along ${by}, whatever the statistics say`, async () => {
      const window = sql('core/jobs/search-window')({ ...values, ...bounds, by, windowRows: 2_000 });
      assert.deepEqual(await indexesOf(db, window), [index]);
    });
  }
  const sets = {
    ids: ['jobs_pkey'],
    uniqueKey: ['jobs_unique_key'],
    waiting: ['jobs_due', 'jobs_queued'],
    running: ['jobs_worker'],
  };
  for (const [by, indexes] of Object.entries(sets)) {
    it(`reads the set “${by}” by ${indexes.join(' and ')} alone`, async () => {
      const set = { ...values, ...bounds, by, ids: [uuidV7()], uniqueKey: 'key', setRows: 5_000 };
      assert.deepEqual(await indexesOf(db, sql('core/jobs/search-set')(set)), indexes);
    });
  }
});

/** Every page of a search. */
async function searchWhole(db: Database, search: JobSearch, bounds: SearchBounds): Promise<string[]> {
  const ids: string[] = [];
  let beforeId: string | undefined;
  for (let page = 0; page < 1_000; page += 1) {
    const found = await searchJobs(db, { ...search, beforeId }, bounds);
    assert.ok(found.jobs.length <= search.limit);
    assert.ok(found.nextBeforeId === null || found.isCut || found.jobs.length === search.limit);
    ids.push(...found.jobs.map(job => job.id));
    if (found.nextBeforeId === null) return ids;
    beforeId = found.nextBeforeId;
  }
  throw new Error('the search does not end');
}

function fits(job: FoundJob, search: Omit<JobSearch, 'limit'>): boolean {
  const { kind, status, owner, tenant, code, isOpen, from, to, ids } = search;
  const madeMs = Number.parseInt(job.id.slice(0, 8) + job.id.slice(9, 13), 16);
  return (
    (kind === undefined || job.kind === kind) &&
    (status === undefined || statusOf(job.state, job.attempt) === status) &&
    (owner === undefined || job.owner === owner) &&
    (tenant === undefined || job.tenant === tenant) &&
    (code === undefined || job.fault?.code === code) &&
    (isOpen !== true || job.retriedAs === null) &&
    (from === undefined || madeMs >= from.getTime()) &&
    (to === undefined || madeMs < to.getTime()) &&
    (ids === undefined || ids.includes(job.id))
  );
}

/** The indexes of core.jobs that a statement reads, those of arms that its values switch off left out. */
async function indexesOf(db: Database, { text, values }: { text: string; values: unknown[] }): Promise<string[]> {
  return db.tx(async tx => {
    await tx.one(sql('core/jobs/search-settings')());
    const rows = await tx.any<Record<string, [{ Plan: PlanNode }]>>(`explain (analyze, format json) ${text}`, values);
    const used = new Set<string>();
    const walk = (node: PlanNode) => {
      if (node['Relation Name'] === 'jobs' && node['Actual Loops'] > 0)
        used.add(node['Index Name'] ?? `${node['Node Type']} without an index`);
      for (const child of node.Plans ?? []) walk(child);
    };
    walk(Object.values(rows[0]!)[0]![0].Plan);
    return [...used].sort();
  });
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Loops': number;
  Plans?: PlanNode[];
}

/** Job number `n`: of every state, kind, owner, tenant and fault, in a mixture that repeats late. */
async function insertRow(db: Database, n: number, worker: string): Promise<void> {
  const state = (['succeeded', 'pending', 'queued', 'running', 'failed', 'cancelled', 'succeeded', 'pending'] as const)[
    n % 8
  ]!;
  const isFinal = ['succeeded', 'failed', 'cancelled'].includes(state);
  const isRetrying = n % 8 === 7;
  const code = state === 'failed' ? codes[n % 2] : state === 'cancelled' ? 'cancelled' : isRetrying ? 'away' : null;
  await db.none(
    `insert into core.jobs (id, kind, version, area, owner, tenant, state, attempt, max_attempts, payload, fault, due_at, queued_at,
       worker, unique_key, request_id, started_at, finished_at, retried_as)
     values ($[id], $[kind], 1, 'core', $[owner], $[tenant], $[state], $[attempt], 5, '{}', $[fault]::jsonb,
       case when $[state] = 'pending' then now() end, case when $[state] = 'queued' then now() end,
       $[worker], $[uniqueKey], $[id], case when $[attempt] > 0 then now() end, case when $[isFinal] then now() end, $[retriedAs])`,
    {
      id: uuidV7(firstMs + n * everyMs),
      kind: kinds[n % 11 === 0 ? 2 : n % 5 === 0 ? 1 : 0],
      owner: owners[n % 7 === 0 ? 2 : n % 3 === 0 ? 1 : 0],
      tenant: n % 4 === 0 ? null : tenants[n % 9 === 0 ? 1 : 0],
      state,
      attempt: isFinal || isRetrying || state === 'running' ? 1 : 0,
      fault: code ? JSON.stringify({ code, message: 'It broke.' }) : null,
      worker: isFinal || isRetrying || state === 'running' ? worker : null,
      uniqueKey: !isFinal && n % 3 === 0 ? `key-${n}` : null,
      isFinal,
      retriedAs: state === 'failed' && n % 5 === 0 ? uuidV7() : null,
    },
  );
}
