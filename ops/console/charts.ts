import { z } from 'zod';
import { type KindMinute, listKindMinutes } from '../../db/core/kind-minutes.ts';
import { Fault } from '../../shared/fault.ts';
import { html, type Markup } from '../../shared/html.ts';
import { readAs } from './form.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { Resource } from './page.ts';
import type { ConsoleServices } from './services.ts';

type Row = KindMinute & { atS: number };
type What = 'rates' | 'waiting' | 'durations';

const spans = {
  hour: { sinceS: 3_600, stepS: 60, text: 'the last hour' },
  day: { sinceS: 86_400, stepS: 600, text: 'the last day' },
} as const;
const titles: Record<What, string> = {
  rates: 'Jobs a minute',
  waiting: 'Jobs that wait',
  durations: 'Time from acceptance to result',
};
const empties: Record<What, string> = {
  rates: 'Nothing was accepted or done in',
  waiting: 'Nothing waited in',
  durations: 'Nothing was done in',
};

/** The trends of one kind, or of all. */
export function renderCharts(kind: string | null): Markup {
  return html`<section aria-label="Trends"><h2>The last hour, and the last day</h2><div class="charts">${(
    Object.keys(titles) as What[]
  ).map(
    what =>
      html`<figure><figcaption>${titles[what]}</figcaption>${(['hour', 'day'] as const).map(
        span => html`
<div class="chart" data-src="/charts/${kind ?? 'all'}?what=${what}&span=${span}" data-empty="${empties[what]} ${spans[span].text}." role="img" aria-label="${titles[what]}, ${spans[span].text}"></div>`,
      )}</figure>`,
  )}</div><noscript><p class="quiet">Charts are drawn by a script.</p></noscript></section>`;
}

const chartQuery = z.object({ what: z.enum(['rates', 'waiting', 'durations']), span: z.enum(['hour', 'day']) });

/** Charts are drawn from one reading each quarter of a minute, however many look. */
const freshMs = 15_000;
const caches = new WeakMap<ConsoleServices, OneAtATime<Row[]>>();

/** `/charts/all`, `/charts/<kind>`: the figures that charts.js draws. */
const charts: Resource = {
  path: '/charts/:kind',
  async answer(ctx, { console, params, query }) {
    const { what, span } = readAs(chartQuery, { ...(query as object) });
    const kind = params['kind'] === 'all' ? null : (params['kind'] ?? null);
    if (kind !== null && !console.catalog.has(kind)) throw new Fault('not_found', 'There is no such kind.');
    const cache = caches.get(console) ?? new OneAtATime<Row[]>(freshMs);
    caches.set(console, cache);
    const { sinceS, stepS } = spans[span];
    const rows = await cache.get(`${kind} ${span}`, () => listKindMinutes(console.db, { sinceS, stepS, kind }));
    ctx.body = chartOf(what, rows, { sinceS, stepS, nowS: Date.now() / 1_000 });
  },
};

interface Line {
  name: string;
  /** Of the style sheet. */
  color: string;
  /** Of one step, all kinds together. @param seconds that the step has lasted so far. */
  of: (rows: readonly Row[], seconds: number) => number | null;
}

const perMinute = (key: 'accepted' | 'succeeded' | 'failed') => (rows: readonly Row[], seconds: number) =>
  (sum(rows, key) * 60) / seconds;

const linesOf: Record<What, Line[]> = {
  rates: [
    { name: 'in', color: 'busy', of: perMinute('accepted') },
    { name: 'out', color: 'good', of: perMinute('succeeded') },
    { name: 'failed', color: 'bad', of: perMinute('failed') },
  ],
  waiting: [
    { name: 'ready', color: 'busy', of: rows => sum(rows, 'ready') },
    { name: 'retrying', color: 'warn', of: rows => sum(rows, 'retrying') },
  ],
  durations: [
    { name: 'p50', color: 'good', of: rows => slowest(rows, 'p50Ms') },
    { name: 'p99', color: 'warn', of: rows => slowest(rows, 'p99Ms') },
  ],
};

/** So little of a step tells no rate. */
const leastS = 15;

/** What a browser draws: every step of the span, also those in which nothing happened, and the one that has just begun. */
export function chartOf(
  what: What,
  rows: readonly Row[],
  { sinceS, stepS, nowS }: { sinceS: number; stepS: number; nowS: number },
): { unit: 'ms' | 'jobs'; series: { name: string; color: string }[]; data: (number | null)[][] } {
  const steps = new Map<number, Row[]>();
  for (let atS = Math.ceil((nowS - sinceS) / stepS) * stepS; atS <= nowS; atS += stepS) steps.set(atS, []);
  for (const row of rows) steps.get(row.atS)?.push(row);
  const lines = linesOf[what];
  const valuesOf = ({ of }: Line) =>
    [...steps].map(([atS, found]) => of(found, Math.min(stepS, Math.max(leastS, nowS - atS))));
  return {
    unit: what === 'durations' ? 'ms' : 'jobs',
    series: lines.map(({ name, color }) => ({ name, color })),
    data: [[...steps.keys()], ...lines.map(valuesOf)],
  };
}

function sum(rows: readonly Row[], key: 'accepted' | 'succeeded' | 'failed' | 'ready' | 'retrying'): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

function slowest(rows: readonly Row[], key: 'p50Ms' | 'p99Ms'): number | null {
  const known = rows.map(row => row[key]).filter(value => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

export const chartResources: readonly Resource[] = [charts];
