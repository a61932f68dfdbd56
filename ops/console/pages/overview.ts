import { html, type Markup } from '../../../shared/html.ts';
import type { KindSnapshot, LoopSnapshot, QueuesSnapshot } from '../../snapshots/queues.ts';
import { renderCharts } from '../charts.ts';
import type { Sight } from '../live.ts';
import { definePage, type Page } from '../page.ts';
import { type Trouble, troublesOf } from '../troubles.ts';
import { aged, badge, clock, count, duration, moment, rate } from '../words.ts';

const overview = definePage({
  path: '/',
  section: 'Overview',
  render({ console: { live } }) {
    const parts = {
      troubles: () => renderTroubles(live.sight),
      state: () => renderState(live.sight),
      kinds: () => renderKinds(live.sight),
      workers: () => renderWorkers(live.sight.queues?.body ?? null),
      ticker: () => renderTicker(live.sight.queues?.body ?? null),
    };
    return {
      title: 'Overview',
      body: html`<h1 class="hidden">Overview</h1>
<section id="troubles" aria-label="What is wrong">${parts.troubles()}</section>
<section id="state" aria-label="State">${parts.state()}</section>
<section aria-label="Kinds of work"><h2>Kinds of work</h2><div id="kinds">${parts.kinds()}</div></section>
${renderCharts(null)}
<section id="workers" aria-label="Workers">${parts.workers()}</section>
<section id="ticker" aria-label="Ticker">${parts.ticker()}</section>`,
      live: parts,
    };
  },
});

function renderTroubles(sight: Sight): Markup {
  const troubles = troublesOf(sight);
  if (troubles.length === 0) return html`<p class="well"><b>All is well.</b> ${wellText(sight)}</p>`;
  return html`<h2>${troubles.length === 1 ? 'One thing needs' : `${count(troubles.length)} things need`} somebody</h2>
<ul class="troubles">${troubles.map(renderTrouble)}</ul>`;
}

function renderTrouble({ tone, what, detail, since, href }: Trouble): Markup {
  return html`<li class="${tone}"><a href="${href}">${what}</a>${since && html` <span class="nowrap">since ${clock(since)}</span>`}
<p>${detail}</p></li>`;
}

/** By what one can tell that all is well. */
function wellText({ queues, health }: Sight): string {
  const alive = queues?.body.workers.filter(worker => worker.alive).length ?? 0;
  const asked = health ? 'everything it rests on answers' : 'what it rests on is being asked';
  return `A ticker leads, ${count(alive)} ${alive === 1 ? 'worker is' : 'workers are'} alive, ${asked}, and no failure waits for anybody.`;
}

function renderState({ queues, failures, health }: Sight): Markup {
  const kinds = queues?.body.kinds ?? [];
  const total = (key: 'ready' | 'running' | 'retrying') => kinds.reduce((sum, kind) => sum + kind[key], 0);
  const failed = failures?.body.groups.reduce((sum, group) => sum + group.failed, 0) ?? 0;
  const oldestS = Math.max(0, ...kinds.filter(kind => kind.ready > 0).map(kind => kind.oldestS));
  const alerts = queues?.body.openAlerts ?? 0;
  const atLeast = queues?.body.capped ? 'at least ' : '';
  const pace = (key: 'acceptedPerS' | 'succeededPerS') => rate(kinds.reduce((sum, kind) => sum + kind[key], 0));
  return html`<div class="cards figures">
<p class="card"><b>${atLeast}${count(total('ready'))}</b> ready<br><span class="quiet">${total('ready') === 0 ? 'nothing waits' : `the oldest for ${duration(oldestS * 1_000)}`}</span></p>
<p class="card"><b>${count(total('running'))}</b> running<br><span class="quiet">${pace('acceptedPerS')} in, ${pace('succeededPerS')} out a second</span></p>
<p class="card"><b>${count(total('retrying'))}</b> retrying<br><span class="quiet">failed, and are tried again</span></p>
<p class="card"><a href="/failures"><b>${count(failed)}</b> failed</a><br><span class="quiet">and not taken up again</span></p>
<p class="card"><a href="/alerts"><b>${count(alerts)}</b> ${alerts === 1 ? 'alert' : 'alerts'}</a><br><span class="quiet">for a person to decide</span></p></div>
<ul class="card health" aria-label="Health">${
    health
      ? health.checks.map(
          ({ name, problem, ms }) =>
            html`<li>${problem === null ? badge('good', 'well') : badge('bad', 'away')} ${name} <span class="quiet">${problem === null && duration(ms)}</span></li>`,
        )
      : html`<li class="quiet">Asking …</li>`
  }</ul>`;
}

/** Whether somebody who looks for what is going on must see it. */
function isQuiet(row: KindSnapshot, failed: number): boolean {
  const { ready, delayed, running, retrying, acceptedPerS, succeededPerS, failedPerS, paused, disagreement } = row;
  const happens = ready + delayed + running + retrying + failed + acceptedPerS + succeededPerS + failedPerS;
  return happens === 0 && !paused && disagreement === null;
}

function renderKinds({ queues, failures }: Sight): Markup {
  if (!queues) return html`<p class="empty">Nothing was seen yet: a ticker must run.</p>`;
  const failedOf = (kind: string) =>
    failures?.body.groups.filter(group => group.kind === kind).reduce((sum, group) => sum + group.failed, 0) ?? 0;
  const rows = queues.body.kinds.map(row => ({ row, failed: failedOf(row.kind) }));
  const quiet = rows.filter(({ row, failed }) => isQuiet(row, failed));
  // By what is lasting, lest rows change places while somebody reads.
  const rank = ({ row, failed }: (typeof rows)[number]) =>
    row.disagreement !== null ? 0 : failed > 0 ? 1 : row.paused ? 2 : 3;
  const busy = rows.filter(one => !quiet.includes(one)).sort((a, b) => rank(a) - rank(b));
  return html`${
    busy.length === 0
      ? html`<p class="empty">Nothing waits, runs or has failed.</p>`
      : html`<div class="wide"><table>
<thead><tr><th scope="col">Kind</th><th scope="col">Ready</th><th scope="col">Running</th><th scope="col">Retrying</th><th scope="col">Failed</th>
<th scope="col">Oldest</th><th scope="col">In /s</th><th scope="col">Out /s</th><th scope="col"><abbr title="Half of the last minute's jobs took no longer from acceptance to result">p50</abbr></th>
<th scope="col"><abbr title="99 of 100 of the last minute's jobs took no longer from acceptance to result">p99</abbr></th>
<th scope="col"><abbr title="Messages that wait at the broker">Broker</abbr></th><th scope="col"><abbr title="Worker processes that take this kind's messages">Consumers</abbr></th></tr></thead>
<tbody>${busy.map(({ row, failed }) => renderKind(row, failed))}</tbody></table></div>`
  }${
    quiet.length > 0 &&
    html`<details id="quiet-kinds"><summary>${count(quiet.length)} ${quiet.length === 1 ? 'kind is' : 'kinds are'} quiet</summary>
<ul class="tags">${quiet.map(({ row: { kind, consumers } }) => html`<li><a href="/queues/${kind}">${kind}</a> <span class="quiet">${consumers !== null && `${count(consumers)} ${consumers === 1 ? 'consumer' : 'consumers'}`}</span></li>`)}</ul></details>`
  }`;
}

function renderKind(row: KindSnapshot, failed: number): Markup {
  const { kind, ready, delayed, running, retrying, oldestS, depth, consumers, paused, disagreement } = row;
  const link = (status: string, value: number) =>
    value === 0
      ? html`0`
      : html`<a href="/jobs?kind=${kind}&status=${status}${status === 'failed' && '&open=yes'}">${count(value)}</a>`;
  return html`<tr>
<th scope="row"><a href="/queues/${kind}">${kind}</a>${paused && html` ${badge('warn', 'paused')}`}${disagreement !== null && html`<br>${badge('bad', disagreement)}`}</th>
<td>${link('queued', ready)}${delayed > 0 && html` <span class="quiet nowrap">+${count(delayed)} later</span>`}</td><td>${link('running', running)}</td>
<td>${link('retrying', retrying)}</td><td>${link('failed', failed)}</td><td class="nowrap">${ready === 0 ? '–' : duration(oldestS * 1_000)}</td>
<td>${rate(row.acceptedPerS)}</td><td class="nowrap">${rate(row.succeededPerS)}${row.failedPerS > 0 && html` <span class="problem">−${rate(row.failedPerS)}</span>`}</td>
<td class="nowrap">${duration(row.p50Ms)}</td><td class="nowrap">${duration(row.p99Ms)}</td><td>${depth === null ? '–' : count(depth)}</td><td>${consumers === null ? '–' : count(consumers)}</td></tr>`;
}

const maxWorkers = 50;

function renderWorkers(queues: QueuesSnapshot | null): Markup {
  const known = queues?.workers.filter(worker => worker.alive || !worker.stopped) ?? [];
  const shown = known.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)).slice(0, maxWorkers);
  if (shown.length === 0)
    return html`<h2>Workers</h2><p class="empty">No worker is alive: nothing is done until one starts.</p>`;
  return html`<h2>Workers</h2><div class="wide"><table><thead><tr><th scope="col">Worker</th><th scope="col">Version</th><th scope="col">Running</th><th scope="col">Heartbeat</th><th scope="col">Since</th><th scope="col">Kinds</th></tr></thead>
<tbody>${shown.map(
    ({ name, version, running, seenAt, startedAt, kinds, alive, lost }) =>
      html`<tr><th scope="row">${name}${!alive && html` ${badge('bad', lost ? 'lost' : 'not heard of')}`}</th><td>${version}</td><td>${count(running)}</td><td class="nowrap">${aged(seenAt)}</td><td class="nowrap">${moment(startedAt)}</td><td>${count(kinds.length)}</td></tr>`,
  )}</tbody></table></div>${known.length > maxWorkers && html`<p class="quiet">And ${count(known.length - maxWorkers)} more.</p>`}`;
}

function renderTicker(queues: QueuesSnapshot | null): Markup {
  if (!queues) return html`<h2>Ticker</h2><p class="empty">No ticker has led yet.</p>`;
  const { leader, loops } = queues;
  const failing = loops.filter(({ error }) => error !== null).length;
  const next = ({ lastAt, everyMs }: LoopSnapshot) =>
    lastAt === null ? 'soon' : html`every ${duration(everyMs)}, next ${clock(new Date(Date.parse(lastAt) + everyMs))}`;
  return html`<h2>Ticker</h2><p><b>${leader.name}</b> leads since ${moment(leader.since)}.</p>
<details id="loops"><summary>${count(loops.length)} loops${failing > 0 ? html`, ${badge('bad', `${failing} ${failing === 1 ? 'fails' : 'fail'}`)}` : ', none fails'}</summary>
<div class="wide"><table><thead><tr><th scope="col">Loop</th><th scope="col">Last run</th><th scope="col">Took</th><th scope="col">Runs</th><th scope="col">Problem</th></tr></thead>
<tbody>${loops.map(
    loop =>
      html`<tr><th scope="row">${loop.name}</th><td class="nowrap">${aged(loop.lastAt)}</td><td class="nowrap">${duration(loop.lastMs)}</td><td class="nowrap">${next(loop)}</td><td>${loop.error !== null && html`<span class="problem">${loop.error}</span>`}</td></tr>`,
  )}</tbody></table></div></details>`;
}

export const overviewPages: readonly Page[] = [overview];
