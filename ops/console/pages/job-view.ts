import type { FoundJob } from '../../../db/core/job-search.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { isFinal, type JobStatus, statusOf } from '../../../shared/state.ts';
import { ago, badge, duration, moment } from '../words.ts';

const toneOf = {
  queued: 'idle',
  running: 'busy',
  retrying: 'warn',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'idle',
} as const satisfies Record<JobStatus, Parameters<typeof badge>[0]>;

/** A job's status in its clients' words. */
export function statusBadge({
  state,
  attempt,
  cancelRequested,
}: Pick<FoundJob, 'state' | 'attempt' | 'cancelRequested'>): Markup {
  const status = statusOf(state, attempt);
  return html`${badge(toneOf[status], status)}${cancelRequested && !isFinal(state) && html` <span class="quiet">asked to stop</span>`}`;
}

export function jobLink(id: string): Markup {
  return html`<a class="mono nowrap" href="/jobs/${id}" title="${id}">${shortId(id)}</a>`;
}

/** Ids of one time begin alike and end in chance: both ends tell them apart. */
export function shortId(id: string): string {
  return `${id.slice(0, 8)}…${id.slice(-6)}`;
}

function ownerLink(owner: string): Markup {
  const shown = owner.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, id => `…${id.slice(-6)}`);
  return html`<a class="mono nowrap" href="/jobs?owner=${encodeURIComponent(owner)}" title="${owner}">${shown}</a>`;
}

/** How long it has waited or run, when it is due, or when it ended. */
export function ageOf(
  job: Pick<FoundJob, 'state' | 'attempt' | 'dueAt' | 'createdAt' | 'startedAt' | 'finishedAt'>,
): string {
  if (job.finishedAt) return `ended ${ago(job.finishedAt)}`;
  if (job.state === 'running') return `runs for ${since(job.startedAt)}`;
  const inMs = job.dueAt ? job.dueAt.getTime() - Date.now() : 0;
  if (job.attempt > 0) return inMs > 0 ? `again in ${duration(inMs)}` : `overdue for ${duration(-inMs)}`;
  // A new job's due time is only when the relay takes it, some seconds off.
  return inMs > 10_000 ? `due in ${duration(inMs)}` : `waits for ${since(job.createdAt)}`;
}

export function renderJobs(jobs: readonly FoundJob[]): Markup {
  return html`<table><thead><tr><th scope="col">Job</th><th scope="col">Kind</th><th scope="col">Status</th><th scope="col">Attempt</th><th scope="col">Owner</th>
<th scope="col">Tenant</th><th scope="col">Created</th><th scope="col">Age or due</th><th scope="col">Fault</th></tr></thead>
<tbody>${jobs.map(
    job => html`<tr><th scope="row">${jobLink(job.id)}</th><td class="nowrap">${job.kind}</td><td>${statusBadge(job)}${job.retriedAs !== null && html` <a class="quiet" href="/jobs/${job.retriedAs}">retried</a>`}</td>
<td>${job.attempt}/${job.maxAttempts}</td><td>${ownerLink(job.owner)}</td><td class="mono">${job.tenant ?? '–'}</td><td class="nowrap">${moment(job.createdAt)}</td>
<td class="nowrap">${ageOf(job)}</td><td${job.fault && html` title="${job.fault.message}"`}>${job.fault?.code ?? '–'}</td></tr>`,
  )}</tbody></table>`;
}

function since(at: Date | null): string {
  return duration(at && Math.max(0, Date.now() - at.getTime()));
}
