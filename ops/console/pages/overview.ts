import { z } from 'zod';
import { listKindMinutes } from '../../../db/core/kind-minutes.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import { definePage, type Page, type Resource } from '../page.ts';
import type { Sight } from '../live.ts';
import type { KindSnapshot, LoopSnapshot, QueuesSnapshot, WorkerSnapshot } from '../../snapshots/queues.ts';
import { ago, badge, count, duration, moment, rate } from '../words.ts';

/** Older than this, nobody leads: the ticker writes every two seconds. */
const staleS = 15;

const overview = definePage({
  path: '/',
  section: 'Overview',
  async render({ console }) {
    const parts = {
      state: () => renderState(console.live.sight),
      kinds: () => renderKinds(console.live.sight),
      workers: () => renderWorkers(console.live.sight.queues?.body.workers ?? []),
      ticker: () => renderTicker(console.live.sight.queues?.body ?? null),
    };
    const chart = (what: string, title: string) => html`<figure>
  <figcaption>${title}</figcaption>
  <div class="chart" data-src="/charts/all?what=${what}&span=hour" role="img" aria-label="${title}, last hour"></div>
  <div class="chart" data-src="/charts/all?what=${what}&span=day" role="img" aria-label="${title}, last day"></div>
</figure>`;
    return {
      title: 'Overview',
      body: html`<h1>Overview</h1>
<section id="state" class="cards" aria-label="State">${parts.state()}</section>
<section aria-label="Kinds"><h2>Kinds of work</h2><div class="wide" id="kinds">${parts.kinds()}</div></section>
<section aria-label="Trends" class="charts"><h2>The last hour, and the last day</h2>
${chart('rates', 'Jobs a minute')}${chart('waiting', 'Jobs that wait')}${chart('durations', 'Time to result, ms')}
</section>
<section aria-label="Workers"><h2>Workers</h2><div class="wide" id="workers">${parts.workers()}</div></section>
<section aria-label="Ticker"><h2>Ticker</h2><div class="wide" id="ticker">${parts.ticker()}</div></section>`,
      live: parts,
    };
  },
});

function renderState({ queues, failures, health }: Sight): Markup {
  const failed = failures?.body.groups.reduce((sum, group) => sum + group.failed, 0) ?? 0;
  const waiting = queues?.body.kinds.reduce((sum, kind) => sum + kind.ready, 0) ?? 0;
  const oldestS = Math.max(0, ...(queues?.body.kinds.map(kind => kind.oldestS) ?? []));
  const atLeast = queues?.body.capped ? 'at least ' : '';
  const isStale = !queues || queues.ageS > staleS;
  return html`
${isStale && html`<p class="card problem" role="alert"><b>No ticker leads.</b> ${queues ? `What you see is ${duration(queues.ageS * 1_000)} old.` : 'Nothing was ever seen.'} Retries, schedules and rescues stand still.</p>`}
<p class="card"><b>${atLeast}${count(waiting)}</b> ready<br><span class="quiet">the oldest for ${duration(oldestS * 1_000)}</span></p>
<p class="card"><a href="/failures"><b>${count(failed)}</b> failed</a><br><span class="quiet">and not taken up again</span></p>
<p class="card"><a href="/alerts"><b>${count(queues?.body.openAlerts ?? 0)}</b> alerts</a><br><span class="quiet">relay lag ${duration((queues?.body.relayLagS ?? 0) * 1_000)}</span></p>
<ul class="card health" aria-label="Health">${
    health
      ? health.checks.map(
          ({ name, problem, ms }) =>
            html`<li>${problem === null ? badge('good', 'well') : badge('bad', 'away')} ${name} <span class="quiet">${problem ?? duration(ms)}</span></li>`,
        )
      : html`<li class="quiet">Asking …</li>`
  }</ul>`;
}

function renderKinds({ queues, failures }: Sight): Markup {
  if (!queues) return html`<p class="empty">Nothing was seen yet: a ticker must run.</p>`;
  const failedOf = (kind: string) =>
    failures?.body.groups.filter(group => group.kind === kind).reduce((sum, group) => sum + group.failed, 0) ?? 0;
  return html`<table>
<thead><tr><th scope="col">Kind</th><th scope="col">Ready</th><th scope="col">Running</th><th scope="col">Retrying</th><th scope="col">Failed</th>
<th scope="col">Oldest</th><th scope="col">In /s</th><th scope="col">Out /s</th><th scope="col">p50</th><th scope="col">p99</th>
<th scope="col">Broker</th><th scope="col">Consumers</th><th scope="col"><span class="hidden">State</span></th></tr></thead>
<tbody>${queues.body.kinds.map(kind => renderKind(kind, failedOf(kind.kind)))}</tbody></table>`;
}

function renderKind(row: KindSnapshot, failed: number): Markup {
  const { kind, ready, delayed, running, retrying, oldestS, depth, consumers, paused, disagreement } = row;
  const link = (status: string, value: number) =>
    value === 0 ? html`0` : html`<a href="/jobs?kind=${kind}&status=${status}">${count(value)}</a>`;
  return html`<tr>
<th scope="row"><a href="/jobs?kind=${kind}">${kind}</a></th>
<td>${link('queued', ready)}${delayed > 0 && html` <span class="quiet">+${count(delayed)} later</span>`}</td><td>${link('running', running)}</td>
<td>${link('retrying', retrying)}</td><td>${link('failed', failed)}</td><td>${ready === 0 ? '–' : duration(oldestS * 1_000)}</td>
<td>${rate(row.acceptedPerS)}</td><td>${rate(row.succeededPerS)}${row.failedPerS > 0 && html` <span class="problem">−${rate(row.failedPerS)}</span>`}</td>
<td>${duration(row.p50Ms)}</td><td>${duration(row.p99Ms)}</td><td>${depth === null ? '–' : count(depth)}</td><td>${consumers === null ? '–' : count(consumers)}</td>
<td>${paused ? badge('warn', 'paused') : disagreement !== null ? badge('bad', disagreement) : ''}</td></tr>`;
}

function renderWorkers(workers: readonly WorkerSnapshot[]): Markup {
  const shown = workers.filter(worker => worker.alive || worker.lost).slice(0, 50);
  if (shown.length === 0) return html`<p class="empty">No worker is alive: nothing is done until one starts.</p>`;
  return html`<table><thead><tr><th scope="col">Worker</th><th scope="col">Version</th><th scope="col">Running</th><th scope="col">Heartbeat</th><th scope="col">Since</th><th scope="col">Kinds</th></tr></thead>
<tbody>${shown.map(
    ({ name, version, running, seenAt, startedAt, kinds, alive }) =>
      html`<tr><th scope="row">${name} ${alive ? '' : badge('bad', 'lost')}</th><td>${version}</td><td>${count(running)}</td><td>${ago(seenAt)}</td><td>${moment(startedAt)}</td><td>${kinds.length}</td></tr>`,
  )}</tbody></table>`;
}

function renderTicker(queues: QueuesSnapshot | null): Markup {
  if (!queues) return html`<p class="empty">No ticker has led yet.</p>`;
  const next = ({ lastAt, everyMs }: LoopSnapshot) =>
    lastAt === null ? 'soon' : `in ${duration(Math.max(0, new Date(lastAt).getTime() + everyMs - Date.now()))}`;
  return html`<p><b>${queues.leader.name}</b> leads since ${moment(queues.leader.since)}</p>
<table><thead><tr><th scope="col">Loop</th><th scope="col">Every</th><th scope="col">Last run</th><th scope="col">Took</th><th scope="col">Next</th><th scope="col">Problem</th></tr></thead>
<tbody>${queues.loops.map(
    loop =>
      html`<tr><th scope="row">${loop.name}</th><td>${duration(loop.everyMs)}</td><td>${ago(loop.lastAt)}</td><td>${duration(loop.lastMs)}</td><td>${next(loop)}</td><td>${loop.error !== null && html`<span class="problem">${loop.error}</span>`}</td></tr>`,
  )}</tbody></table>`;
}

const spans = { hour: { sinceS: 3_600, stepS: 60 }, day: { sinceS: 86_400, stepS: 600 } } as const;
const chartQuery = z.object({
  what: z.enum(['rates', 'waiting', 'durations']),
  span: z.enum(['hour', 'day']),
});
/** Charts are drawn from one reading each quarter of a minute, however many look. */
const chartCache = new OneAtATime<Awaited<ReturnType<typeof listKindMinutes>>>(15_000);

/** `/charts/all`, `/charts/<kind>`: the figures that charts.js draws. */
const charts: Resource = {
  path: '/charts/:kind',
  async answer(ctx, { console, params, query }) {
    const { what, span } = chartQuery.parse(query);
    const kind = params['kind'] === 'all' ? null : (params['kind'] ?? null);
    const rows = await chartCache.get(`${kind} ${span}`, () => listKindMinutes(console.db, { ...spans[span], kind }));
    ctx.body = chartOf(what, rows, spans[span].stepS);
  },
};

interface Line {
  name: string;
  color: string;
  of: (rows: Awaited<ReturnType<typeof listKindMinutes>>) => number | null;
}

const linesOf: Record<'rates' | 'waiting' | 'durations', (stepS: number) => Line[]> = {
  rates: stepS => {
    const perMinute = (key: 'accepted' | 'succeeded' | 'failed') => (rows: readonly Record<typeof key, number>[]) =>
      (rows.reduce((sum, row) => sum + row[key], 0) * 60) / stepS;
    return [
      { name: 'in', color: 'busy', of: perMinute('accepted') },
      { name: 'out', color: 'good', of: perMinute('succeeded') },
      { name: 'failed', color: 'bad', of: perMinute('failed') },
    ];
  },
  waiting: () => [
    { name: 'ready', color: 'busy', of: rows => rows.reduce((sum, row) => sum + row.ready, 0) },
    { name: 'retrying', color: 'warn', of: rows => rows.reduce((sum, row) => sum + row.retrying, 0) },
  ],
  durations: () => [
    { name: 'p50', color: 'good', of: rows => slowest(rows.map(row => row.p50Ms)) },
    { name: 'p99', color: 'warn', of: rows => slowest(rows.map(row => row.p99Ms)) },
  ],
};

function slowest(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function chartOf(what: keyof typeof linesOf, rows: Awaited<ReturnType<typeof listKindMinutes>>, stepS: number) {
  const steps = new Map<number, typeof rows>();
  for (const row of rows) steps.set(row.atS, [...(steps.get(row.atS) ?? []), row]);
  const lines = linesOf[what](stepS);
  const data = [[...steps.keys()], ...lines.map(line => [...steps.values()].map(line.of))];
  return { series: lines.map(({ name, color }) => ({ name, color })), data };
}

export const overviewPages: readonly Page[] = [overview];
export const overviewResources: readonly Resource[] = [charts];
