import type { QueueSetting } from '../../../db/core/queues.ts';
import type { OperatorSession } from '../../../db/core/operators.ts';
import type { Catalog } from '../../../shared/catalog.ts';
import { html, type Markup } from '../../../shared/html.ts';
import type { AnySpec } from '../../../shared/job.ts';
import type { KindSnapshot } from '../../snapshots/queues.ts';
import { csrfField } from '../layout.ts';
import type { Live } from '../live.ts';
import { reasonField } from '../reason.ts';
import { badge, count, duration, rate } from '../words.ts';

/** A kind as it is shown: what operators have set, and what the leader saw; null if it has seen nothing of the kind. */
export interface QueueState {
  spec: AnySpec;
  paused: boolean;
  concurrency: number;
  concurrencySet: boolean;
  seen: KindSnapshot | null;
}

/**
 * The kinds as they are now, for live parts. What was set when the page was rendered goes before the leader's figures until
 * those are surely newer: who has just paused a kind must not read that it runs.
 */
export function watchQueues(
  live: Pick<Live, 'sight'>,
  catalog: Catalog,
  settings: readonly QueueSetting[],
  nowMs: () => number = () => performance.now(),
): () => QueueState[] {
  const readMs = nowMs();
  const settingOf = new Map(settings.map(setting => [setting.kind, setting]));
  // A look of the leader takes its time, and so do two clocks' worth of looking at it.
  const slackS = 3;
  return () => {
    const { queues } = live.sight;
    const isNewer = queues !== null && queues.ageS + slackS < (nowMs() - readMs) / 1_000;
    return [...catalog.values()].map(spec => {
      const seen = queues?.body.kinds.find(row => row.kind === spec.kind) ?? null;
      if (seen && isNewer) return { spec, seen, ...seen };
      const { paused = false, concurrency = null } = settingOf.get(spec.kind) ?? {};
      return { spec, seen, paused, concurrency: concurrency ?? spec.concurrency, concurrencySet: concurrency !== null };
    });
  };
}

export function renderQueues(states: readonly QueueState[]): Markup {
  return html`<table>
<thead><tr><th scope="col">Kind</th><th scope="col">State</th><th scope="col">At once, per worker</th><th scope="col">Ready</th><th scope="col">Running</th>
<th scope="col">Retrying</th><th scope="col">Oldest</th><th scope="col">Broker</th><th scope="col">Consumers</th></tr></thead>
<tbody>${states.map(
    state => html`<tr><th scope="row"><a href="/queues/${state.spec.kind}">${state.spec.kind}</a></th>
<td>${renderState(state)}</td><td>${renderConcurrency(state)}</td>${renderFigures(state.seen)}</tr>`,
  )}</tbody></table>`;
}

function renderFigures(seen: KindSnapshot | null): Markup {
  if (!seen) return html`<td colspan="6" class="quiet">Not seen yet</td>`;
  const { ready, running, retrying, oldestS, depth, consumers } = seen;
  return html`<td>${count(ready)}</td><td>${count(running)}</td><td>${count(retrying)}</td><td>${ready === 0 ? '–' : duration(oldestS * 1_000)}</td><td>${orDash(depth)}</td><td>${orDash(consumers)}</td>`;
}

function renderState({ paused, seen }: QueueState): Markup {
  if (paused) return badge('warn', 'paused');
  if (seen?.disagreement) return badge('bad', seen.disagreement);
  return badge('good', 'runs');
}

function renderConcurrency({ concurrency, concurrencySet, spec }: QueueState): Markup {
  if (!concurrencySet) return html`${count(concurrency)}`;
  return html`${count(concurrency)} <span class="quiet">(by its spec ${count(spec.concurrency)})</span>`;
}

function orDash(value: number | null): string {
  return value === null ? '–' : count(value);
}

/** One kind's figures, as cards. */
export function renderQueue(state: QueueState): Markup {
  const { seen, spec } = state;
  const card = (value: string, label: string, note: string, status: string) =>
    html`<p class="card"><a href="/jobs?kind=${spec.kind}&status=${status}"><b>${value}</b> ${label}</a><br><span class="quiet">${note}</span></p>`;
  return html`<p class="card">${renderState(state)}<br>${renderConcurrency(state)} <span class="quiet">at once, per worker</span></p>
${
  seen
    ? html`${card(count(seen.ready), 'ready', seen.ready === 0 ? 'nothing waits' : `the oldest for ${duration(seen.oldestS * 1_000)}`, 'queued')}
${card(count(seen.running), 'running', `${rate(seen.succeededPerS)} done, ${rate(seen.failedPerS)} failed a second`, 'running')}
${card(count(seen.retrying), 'retrying', `p50 ${duration(seen.p50Ms)}, p99 ${duration(seen.p99Ms)}`, 'retrying')}
<p class="card"><b>${orDash(seen.depth)}</b> messages at the broker<br><span class="quiet">consumers: ${orDash(seen.consumers)}</span></p>`
    : html`<p class="card quiet">No ticker has seen this kind yet.</p>`
}`;
}

/** What an operator may do with one kind. */
export function renderQueueForms(
  { spec, paused, concurrency, concurrencySet }: QueueState,
  operator: OperatorSession,
): Markup {
  const { kind, movesMoney } = spec;
  const base = `/queues/${kind}`;
  const hold = paused
    ? html`<form method="post" action="${base}/resume" class="card">${csrfField(operator)}<h3>Resume</h3>
<p class="quiet">Workers take its jobs again within seconds.</p>${reasonField}<button>Resume ${kind}</button></form>`
    : html`<form method="post" action="${base}/pause" class="card">${csrfField(operator)}<h3>Pause</h3>
<p class="quiet">Workers begin none of its jobs within seconds; what runs runs on, and what is posted waits.</p>${reasonField}
${movesMoney && confirmField('It moves money: none moves until somebody resumes it.')}<button class="danger">Pause ${kind}</button></form>`;
  return html`<div class="acts">${hold}
<form method="post" action="${base}/concurrency" class="card">${csrfField(operator)}<h3>Concurrency</h3>
<p class="quiet">Jobs that each worker process runs at once; ${count(spec.concurrency)} by its spec.</p>
<label>At once <input name="concurrency" type="number" min="1" max="1000" step="1" required value="${concurrency}"></label>${reasonField}<button>Set</button></form>
${
  concurrencySet &&
  html`<form method="post" action="${base}/reset" class="card">${csrfField(operator)}<h3>Back to the spec</h3>
<p class="quiet">${count(spec.concurrency)} at once, as the code says.</p>${reasonField}<button class="second">Reset to ${count(spec.concurrency)}</button></form>`
}</div>`;
}

/** What an operator may do with all kinds. */
export function renderAllForms(operator: OperatorSession): Markup {
  return html`<div class="acts">
<form method="post" action="/queues-pause" class="card">${csrfField(operator)}<h3>Pause everything</h3>
<p class="quiet">No job of any kind is begun. The APIs still take work, which waits.</p>${reasonField}
${confirmField('The whole system stands still until somebody resumes it.')}<button class="danger">Pause every kind</button></form>
<form method="post" action="/queues-resume" class="card">${csrfField(operator)}<h3>Resume everything</h3>
<p class="quiet">Those too that were paused one by one.</p>${reasonField}<button>Resume every kind</button></form>
</div>`;
}

function confirmField(question: string): Markup {
  return html`<label class="confirm"><input type="checkbox" name="confirmed" value="yes" required> ${question}</label>`;
}

/** What the code says of a kind. */
export function renderSpec(spec: AnySpec): Markup {
  const { retry, access } = spec;
  const roles = (names: readonly string[]) => (names.length === 0 ? 'nobody: the system makes them' : names.join(', '));
  const facts: [string, string][] = [
    ['Area', spec.area],
    [
      'Effect',
      spec.effect === 'local' ? 'rows of ours, once, with the result' : 'outside: may be repeated under one key',
    ],
    ['Moves money', spec.movesMoney ? 'yes' : 'no'],
    ['Concurrency', `${count(spec.concurrency)} a worker process, ${count(spec.jobsPerMessage)} jobs a message`],
    ['Timeout', `${duration(spec.timeoutMs)} an attempt`],
    [
      'Retries',
      retry.attempts === 1
        ? 'none'
        : `${count(retry.attempts)} attempts: after ${duration(retry.firstDelayMs)}, then ×${retry.factor}, at most ${duration(retry.maxDelayMs)}, ±${Math.round(retry.jitter * 100)} %`,
    ],
    ['Payload', `version ${spec.version}`],
    ['One at a time', spec.uniqueKey ? 'one live job about the same thing' : 'no'],
    ['May post it', roles(access.post)],
    ['May see it', access.see === 'owner' ? 'its owner, operators' : 'operators'],
    [
      'May cancel it',
      access.cancel === 'owner' ? 'its owner, operators' : access.cancel === 'nobody' ? 'nobody' : 'operators',
    ],
  ];
  return html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
