import type { AttemptRow, JobRow } from '../../../db/core/jobs.ts';
import type { JobRetries } from '../../../db/core/job-retries.ts';
import type { OperatorSession } from '../../../db/core/operators.ts';
import type { RecordedFault } from '../../../shared/fault.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { isFinal, statusOf } from '../../../shared/state.ts';
import { csrfField } from '../layout.ts';
import type { Sight } from '../live.ts';
import { reasonField } from '../reason.ts';
import { badge, duration, moment } from '../words.ts';
import { ageOf, jobLink, statusBadge } from './job-view.ts';
import type { Subject } from './job-subject.ts';

/** What is so now. */
export function renderState(job: JobRow, sight: Sight): Markup {
  const { state, attempt, maxAttempts, progress, dueAt, fault, worker } = job;
  const percent = progress === null ? null : Math.round(progress * 100);
  return html`<dl class="facts"><dt>Status</dt><dd>${statusBadge(job)} <span class="quiet">${ageOf(job)}</span></dd>
<dt>Attempt</dt><dd>${attempt} of ${maxAttempts}</dd>
${state === 'running' && percent !== null && html`<dt>Progress</dt><dd><progress value="${percent}" max="100">${percent} %</progress> ${percent} %</dd>`}
${state === 'running' && html`<dt>Worker</dt><dd>${workerName(worker, sight)}</dd>`}
${dueAt && statusOf(state, attempt) === 'retrying' && html`<dt>Next attempt</dt><dd>${moment(dueAt)}</dd>`}
${fault && html`<dt>${state === 'running' ? 'Fault before' : 'Fault'}</dt><dd>${renderFault(fault)}</dd>`}</dl>`;
}

/**
 * Every attempt. Those that had ended were read with the page; the last one is the job itself, which is live. Attempts that have
 * ended since are known by their claims' numbers.
 */
export function renderTimeline(job: JobRow, ended: readonly AttemptRow[], sight: Sight): Markup {
  const isHeld = job.state === 'running' || job.state === 'succeeded';
  const unread = job.claimNo - (isHeld ? 1 : 0) - (ended.at(-1)?.claimNo ?? 0);
  const endedUnclaimed = isFinal(job.state) && !isHeld && unread === 0 && ended.at(-1)?.outcome !== job.state;
  const reload =
    unread > 0 &&
    html`<p>${unread === 1 ? 'An attempt has' : `${unread} attempts have`} ended since you opened the page. <a href="/jobs/${job.id}">Reload</a> to see more.</p>`;
  if (ended.length === 0 && !isHeld && !endedUnclaimed)
    return reload || html`<p class="empty">No worker has taken it yet.</p>`;
  return html`<table><thead><tr><th scope="col">Attempt</th><th scope="col">Outcome</th><th scope="col">Started</th><th scope="col">Took</th><th scope="col">Worker</th><th scope="col">Fault</th></tr></thead>
<tbody>${ended.map(
    row => html`<tr><th scope="row">${row.attempt}</th><td>${outcomeBadge(row.outcome)}</td><td class="nowrap">${moment(row.startedAt)}</td>
<td>${duration(row.startedAt && row.endedAt.getTime() - row.startedAt.getTime())}</td><td>${workerName(row.worker, sight)}</td><td>${row.fault && renderFault(row.fault)}</td></tr>`,
  )}${isHeld && renderHeld(job, sight)}${
    endedUnclaimed &&
    html`<tr><th scope="row">–</th><td>${statusBadge(job)} <span class="quiet">while no worker had it</span></td><td class="nowrap">${moment(job.finishedAt)}</td><td>–</td><td>–</td><td>${job.fault && renderFault(job.fault)}</td></tr>`
  }</tbody></table>${reload}`;
}

function renderHeld(job: JobRow, sight: Sight): Markup {
  const { attempt, startedAt, finishedAt, worker } = job;
  return html`<tr><th scope="row">${attempt}</th><td>${statusBadge(job)}</td><td class="nowrap">${moment(startedAt)}</td>
<td>${finishedAt && startedAt ? duration(finishedAt.getTime() - startedAt.getTime()) : ageOf(job)}</td><td>${workerName(worker, sight)}</td><td></td></tr>`;
}

const outcomes = {
  retry: ['warn', 'to be retried'],
  released: ['idle', 'given back'],
  rescued: ['warn', 'worker lost'],
  failed: ['bad', 'failed'],
  cancelled: ['idle', 'cancelled'],
} as const satisfies Record<AttemptRow['outcome'], readonly [Parameters<typeof badge>[0], string]>;

function outcomeBadge(outcome: AttemptRow['outcome']): Markup {
  const [tone, text] = outcomes[outcome];
  return badge(tone, text);
}

/** Workers that were alive within the last day have a name. */
function workerName(id: string | null, { queues }: Sight): Markup {
  const name = queues?.body.workers.find(worker => worker.id === id)?.name;
  return name === undefined ? html`<code>${id ?? '–'}</code>` : html`<span title="${id}">${name}</span>`;
}

function renderFault({ code, message, cause }: RecordedFault): Markup {
  return html`<b class="problem">${code}</b> ${message}${cause !== undefined && html`<br><code>${cause}</code>`}`;
}

export interface VerbRules {
  mayCancel: boolean;
  movesMoney: boolean;
  /** Null: it may be cloned. */
  whyNoClone: string | null;
}

/** The forms of what may be done now, and a word on what may not. */
export function renderVerbs(
  job: JobRow,
  { rules, retries, operator }: { rules: VerbRules; retries: JobRetries; operator: OperatorSession },
): Markup {
  const { state, attempt } = job;
  const form = (verb: string, button: Markup) =>
    html`<form method="post" action="/jobs/${job.id}/${verb}">${csrfField(operator)}${reasonField}<p class="under">${button}</p></form>`;
  const card = (title: string, text: string | Markup, then: Markup | false = false) =>
    html`<div class="card"><h3>${title}</h3><p>${text}</p>${then}</div>`;
  const money = rules.movesMoney ? ' It moves money: what its row says decides, and nothing is paid twice.' : '';
  const status = statusOf(state, attempt);
  return html`${
    state === 'failed' || state === 'cancelled'
      ? retries.retriedAs === null
        ? card(
            'Retry',
            `Posts it anew, as a new job for the same owner.${money}`,
            form('retry', html`<button>Retry</button>`),
          )
        : card('Retry', html`It was retried as ${jobLink(retries.retriedAs)}. See there.`)
      : (status === 'queued' || status === 'retrying') &&
        card('Retry', `It waits. This makes it due now.${money}`, form('retry', html`<button>Try now</button>`))
  }${
    !isFinal(state) &&
    (rules.mayCancel
      ? card(
          'Cancel',
          state === 'running' ? 'Asks its worker to stop it.' : 'Ends it before a worker takes it.',
          form('cancel', html`<button class="danger" data-confirm="Cancel this job?">Cancel the job</button>`),
        )
      : card(
          'Cancel',
          `Nobody can cancel jobs of kind “${job.kind}”: what they do must be done. Pause the queue to hold them back.`,
        ))
  }${
    rules.whyNoClone === null
      ? card(
          'Clone',
          'Posts a new job with the same kind, payload, owner and tenant.',
          form('clone', html`<button class="second">Clone</button>`),
        )
      : card('Clone', rules.whyNoClone)
  }`;
}

export function renderSubject(subject: Subject): Markup {
  const facts = Object.entries(subject).filter(([, fact]) => fact !== null);
  return html`<dl class="facts">${facts.map(([name, fact]) => html`<dt>${name}</dt><dd>${fact}</dd>`)}</dl>`;
}

/** @param value without secrets. */
export function renderJson(value: unknown, nothing: string): Markup {
  if (value === null || value === undefined) return html`<p class="quiet">${nothing}</p>`;
  return html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
}

/** What does not change while it lives. */
export function renderFacts(job: JobRow, { retriedAs, retryOf }: JobRetries): Markup {
  const traceId = job.trace?.split('-')[1];
  return html`<dl class="facts">
<dt>Owner</dt><dd><a href="/jobs?owner=${encodeURIComponent(job.owner)}"><code>${job.owner}</code></a></dd>
${job.tenant !== null && html`<dt>Tenant</dt><dd><a href="/jobs?tenant=${encodeURIComponent(job.tenant)}"><code>${job.tenant}</code></a></dd>`}
<dt>Created</dt><dd>${moment(job.createdAt)}</dd>
<dt>Request</dt><dd><code>${job.requestId}</code></dd>
<dt>Trace</dt><dd>${job.trace === null ? '–' : html`<code>${traceId ?? job.trace}</code>`}</dd>
${job.uniqueKey !== null && html`<dt>Unique key</dt><dd><code>${job.uniqueKey}</code></dd>`}
<dt>Payload version</dt><dd>${job.version}</dd>
${job.isolate && html`<dt>Runs alone</dt><dd>yes: a worker that ran it was lost</dd>`}
${retriedAs !== null && html`<dt>Retried as</dt><dd>${jobLink(retriedAs)}</dd>`}
${retryOf.length > 0 && html`<dt>Retry of</dt><dd>${retryOf.map(id => html`${jobLink(id)} `)}</dd>`}
<dt>Operators</dt><dd><a href="/audit?subject=${job.id}">What they did to it</a></dd></dl>`;
}
