import type { JobRow } from '../../../db/core/jobs.ts';
import { html, type Markup } from '../../../shared/html.ts';
import type { FailureView } from '../../actions/failures.ts';
import { ago, badge, count, moment } from '../words.ts';

const maxGroups = 200;

export function groupPath({ kind, code }: { kind: string; code: string }): string {
  return `/failures/${encodeURIComponent(kind)}/${encodeURIComponent(code)}`;
}

/** Groups as a table; those that are silenced fold at the end. */
export function renderGroups(groups: readonly FailureView[]): Markup {
  const silenced = groups.filter(group => group.silencedUntil !== null);
  const loud = groups.filter(group => group.silencedUntil === null);
  return html`${loud.length === 0 ? html`<p class="empty">${badge('good', 'quiet')} Nothing has failed that must be looked at.</p>` : renderTable(loud)}
${
  silenced.length > 0 &&
  html`<details id="silenced" class="fold"><summary>${count(silenced.length)} silenced</summary>${renderTable(silenced)}</details>`
}`;
}

function renderTable(groups: readonly FailureView[]): Markup {
  const more = groups.length - maxGroups;
  return html`<table>
<thead><tr><th scope="col">Kind</th><th scope="col">Fault</th><th scope="col">Failed</th><th scope="col">Retrying</th><th scope="col">Last 24 h</th>
<th scope="col">Last seen</th><th scope="col">First seen</th><th scope="col">The newest says</th></tr></thead>
<tbody>${groups.slice(0, maxGroups).map(
    group => html`<tr>
<td>${group.kind}</td><th scope="row"><a href="${groupPath(group)}">${group.code}</a></th>
<td>${group.failed > 0 ? badge('bad', count(group.failed)) : '0'}</td><td>${group.retrying > 0 ? badge('warn', count(group.retrying)) : '0'}</td>
<td>${renderSpark(group.hours)}</td><td class="nowrap">${ago(group.lastAt)}</td><td class="nowrap">${ago(group.firstAt)}</td>
<td class="says">${group.message}${group.note !== '' && html`<br><span class="quiet">Note: ${group.note}</span>`}${group.silencedUntil !== null && html`<br><span class="quiet">Silenced until ${moment(group.silencedUntil)}</span>`}</td></tr>`,
  )}</tbody></table>
${more > 0 && html`<p class="quiet">${count(more)} more groups: filter by kind.</p>`}`;
}

const barWidth = 4;
const sparkHeight = 20;

/** One bar an hour, the present one last; an hour without a fault is a line at the foot. */
export function renderSpark(hours: readonly number[]): Markup {
  const peak = Math.max(1, ...hours);
  const total = hours.reduce((sum, jobs) => sum + jobs, 0);
  const width = hours.length * barWidth;
  const label = `${count(total)} in the last 24 hours, ${count(hours.at(-1) ?? 0)} in this one, at most ${count(Math.max(0, ...hours))} in one`;
  return html`<svg class="spark" viewBox="0 0 ${width} ${sparkHeight}" width="${width}" height="${sparkHeight}" role="img" aria-label="${label}">${hours.map(
    (jobs, place) => {
      const height = jobs === 0 ? 1 : Math.max(3, Math.round((jobs / peak) * sparkHeight));
      return html`<rect x="${place * barWidth}" y="${sparkHeight - height}" width="${barWidth - 1}" height="${height}"${jobs === 0 && html` class="none"`}/>`;
    },
  )}</svg>`;
}

/** Jobs with a fault. With `choose`, each has a box that puts its id into the form around the table. */
export function renderFaulty(jobs: readonly JobRow[], { choose }: { choose: boolean }): Markup {
  return html`<table>
<thead><tr>${choose && html`<th scope="col"><span class="hidden">Choose</span></th>`}<th scope="col">Job</th><th scope="col">State</th><th scope="col">Attempt</th><th scope="col">Owner</th><th scope="col">Since</th><th scope="col">Says</th></tr></thead>
<tbody>${jobs.map(
    ({ id, state, attempt, maxAttempts, owner, fault, finishedAt, startedAt, createdAt }) => html`<tr>
${choose && html`<td><input type="checkbox" name="ids" value="${id}" aria-label="Choose job ${id}"></td>`}<td class="nowrap"><a class="mono" href="/jobs/${id}">${id}</a></td>
<td>${state === 'failed' ? badge('bad', 'failed') : badge('warn', 'retrying')}</td><td class="nowrap">${attempt} of ${maxAttempts}</td><td>${owner}</td>
<td class="nowrap">${moment(finishedAt ?? startedAt ?? createdAt)}</td><td class="says">${fault?.message}</td></tr>`,
  )}</tbody></table>`;
}
