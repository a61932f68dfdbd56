import assert from 'node:assert/strict';
import { pages } from '../../../ops/console/pages.ts';
import { openConsole, type OpenConsole, type SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { putSeen } from './seen.ts';

type Query = (this: unknown, statement: unknown, ...rest: unknown[]) => unknown;

const looksCounted = 3;

describe('the statements of the console', () => {
  let open: OpenConsole;
  let person: SignedIn;
  let asked: string[];
  let jobs: string[];

  before(async function () {
    this.timeout(120_000);
    open = await openConsole({ worker: false, ticker: false });
    // Every statement of the pool passes here, whoever sends it.
    const counted = new WeakSet<object>();
    open.spine.db.$pool.on('acquire', (client: { query: Query }) => {
      if (counted.has(client)) return;
      counted.add(client);
      const query = client.query;
      client.query = function (statement, ...rest) {
        asked?.push(typeof statement === 'string' ? statement : (statement as { text: string }).text);
        return query.call(this, statement, ...rest);
      };
    });
    person = await open.signIn('admin');
    const made = await open.db.any<{ id: string }>(
      `insert into core.jobs (id, kind, version, area, owner, max_attempts, payload, request_id, state, due_at)
      select gen_random_uuid(), 'noop', 1, 'core', 'service/test', 5, '{}', gen_random_uuid(), 'pending', now() from generate_series(1, 20)
      returning id`,
    );
    jobs = made.map(({ id }) => id);
  });
  beforeEach(async () => {
    asked = [];
    await putSeen(open.db);
  });
  after(() => open.stop());

  /** Opens the live parts of these pages, and answers once each has sent all of them. */
  async function openPages(paths: readonly string[]): Promise<() => void> {
    const gone = new AbortController();
    const streams = paths.map(async path => {
      const address = `${open.url}/live?path=${encodeURIComponent(path)}`;
      const reply = await fetch(address, { headers: { cookie: person.cookie }, signal: gone.signal });
      assert.equal(reply.status, 200, path);
      const reader = reply.body!.getReader();
      for (let text = ''; !text.includes('data: {'); ) {
        const { value } = await reader.read();
        text += new TextDecoder().decode(value);
      }
    });
    await Promise.all(streams);
    return () => gone.abort();
  }

  /** What is asked a look while these pages are open; what is asked of the outside's health every ten seconds left out. */
  async function askedEachLook(paths: readonly string[]): Promise<Record<string, number>> {
    const close = await openPages(paths);
    let looks = 0;
    const unwatch = open.console.services.live.watch(() => {
      looks += 1;
      if (looks === 1) asked = [];
    });
    try {
      await eventually(() => assert.ok(looks > looksCounted));
      const counts: Record<string, number> = {};
      for (const text of asked) {
        if (text.startsWith('select 1 as')) continue;
        const name = /from (\S+?);?\n/.exec(`${text}\n`)?.[1] ?? text;
        counts[name] = (counts[name] ?? 0) + 1 / (looks - 1);
      }
      return counts;
    } finally {
      unwatch();
      close();
      await eventually(() => assert.equal(open.console.services.live.watching, 0));
    }
  }

  it('are as many a second for twenty open pages as for one', async () => {
    const one = await askedEachLook(['/']);
    const twenty = await askedEachLook(Array.from({ length: 20 }, () => '/'));
    assert.deepEqual(one, { 'core.snapshots': 1, 'core.bulk_actions': 1, 'core.failure_notes': 1 });
    assert.deepEqual(twenty, one);
  });

  it('are one more for jobs that are watched, however many', async () => {
    const one = await askedEachLook([`/jobs/${jobs[0]}`]);
    const twenty = await askedEachLook(jobs.map(id => `/jobs/${id}`));
    assert.equal(one['core.jobs'], 1);
    assert.deepEqual(twenty, one);
  });

  it('are as many for every page with live parts', async () => {
    const paths = pages.map(({ path }) => path).filter(path => !path.includes(':'));
    const live = [];
    for (const path of paths) if ((await person.get(path)).text.includes('data-live=')) live.push(path);
    assert.ok(live.length >= 3, 'several pages are live');
    assert.deepEqual(await askedEachLook(live), await askedEachLook(['/']));
  });

  it('are none while nobody looks', async () => {
    const close = await openPages(['/', '/queues']);
    close();
    await eventually(() => assert.equal(open.console.services.live.watching, 0));
    const before = asked.length;
    // The next second's look would have come by now, were there one: somebody else's clock says so.
    await open.db.one('select pg_sleep(1.5) is null as slept');
    assert.equal(asked.length, before);
  });

  it('draw all charts of all pages from one reading', async () => {
    const addresses = ['rates', 'waiting', 'durations'].map(what => `/charts/all?what=${what}&span=hour`);
    for (let n = 0; n < 5; n++)
      for (const { status } of await Promise.all(addresses.map(address => person.get(address))))
        assert.equal(status, 200);
    assert.equal(asked.filter(text => text.includes('core.kind_minutes')).length, 1);
  });
});
