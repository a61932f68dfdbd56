import { z } from 'zod';
import type { AuditRow } from '../../../db/core/audit.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { readAudit } from '../../actions/audit.ts';
import { addressOf, optionalField } from '../optional-field.ts';
import { definePage, type Page } from '../page.ts';
import { count, moment } from '../words.ts';

const text = optionalField(z.string().trim().max(254));
/** As a browser's own field sends it, without a zone: UTC is meant. */
const time = optionalField(z.iso.datetime({ local: true, error: 'a time such as 2026-11-26T08:15' }));
const auditQuery = z.object({
  actor: text,
  action: text,
  subject: text,
  from: time,
  to: time,
  before: optionalField(z.uuid()),
});
type AuditQuery = z.output<typeof auditQuery>;

const list = definePage({
  path: '/audit',
  section: 'Audit',
  query: auditQuery,
  async render({ console, query }) {
    const { actor, action, subject, from, to, before } = query;
    const { entries, nextBeforeId } = await readAudit(console, {
      ...(actor && { actor }),
      ...(action && { action }),
      ...(subject && { subject }),
      ...(from && { from: utc(from) }),
      ...(to && { to: utc(to) }),
      ...(before && { beforeId: before }),
    });
    return {
      title: 'Audit',
      body: html`<h1>Audit</h1>
<p><a href="/alerts">Alerts</a>: what a person must look at.</p>
${renderFilter(query)}
<div class="wide">${renderEntries(entries, query)}</div>
<p class="pages">${before && html`<a href="${addressOf('/audit', { ...query, before: undefined })}">← Newest</a>`} ${nextBeforeId !== null && html`<a href="${addressOf('/audit', { ...query, before: nextBeforeId })}" rel="next">Older →</a>`}</p>`,
    };
  },
});

function utc(given: string): Date {
  return new Date(given.endsWith('Z') ? given : `${given}Z`);
}

function renderFilter({ actor, action, subject, from, to }: AuditQuery): Markup {
  const field = (name: string, label: string, value: string | undefined, type: string) =>
    html`<label>${label} <input name="${name}" type="${type}" value="${value}" maxlength="254"${name === 'actor' && html` data-search`}></label>`;
  return html`<form class="filter" method="get" action="/audit" role="search" aria-label="Audit">
${field('actor', 'Who', actor, 'text')}${field('action', 'What', action, 'text')}${field('subject', 'On what', subject, 'text')}
${field('from', 'From (UTC)', from, 'datetime-local')}${field('to', 'Until (UTC)', to, 'datetime-local')}
<button>Filter</button> <a href="/audit">All</a></form>`;
}

function renderEntries(entries: readonly AuditRow[], query: AuditQuery): Markup {
  if (entries.length === 0) return html`<p class="empty">No operator did anything that fits.</p>`;
  const only = (part: Partial<AuditQuery>) => addressOf('/audit', { ...query, before: undefined, ...part });
  return html`<table><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">On what</th><th scope="col">Why</th><th scope="col">How many</th><th scope="col">Details</th></tr></thead>
<tbody>${entries.map(
    ({
      id,
      actor,
      action,
      subject,
      reason,
      affected,
      details,
      at,
    }) => html`<tr id="${id}"><td class="nowrap">${moment(at)}</td>
<td><a href="${only({ actor })}">${actor}</a></td><td class="nowrap"><a href="${only({ action })}">${action}</a></td>
<td>${subject === null ? html`<span class="quiet">–</span>` : renderSubject(action, subject, only({ subject }))}</td>
<td class="why">${reason ?? html`<span class="quiet">–</span>`}</td><td>${count(affected)}</td><td>${renderDetails(details)}</td></tr>`,
  )}</tbody></table>`;
}

/** Where what was acted on can be seen, by the word before the action's dot. */
const placeOf: Record<string, (subject: string) => string> = {
  queue: kind => `/queues/${kind}`,
  schedule: () => '/schedules',
  job: id => `/jobs/${id}`,
  transfer: id => `/transfers/${id}`,
  verification: id => `/verifications/${id}`,
  alert: () => '/alerts',
};

function renderSubject(action: string, subject: string, filter: string): Markup {
  const place = placeOf[action.split('.')[0] as string];
  return html`<a href="${filter}">${subject}</a>${place && html` <a href="${place(encodeURIComponent(subject))}" class="quiet" aria-label="Open ${subject}">open</a>`}`;
}

/** Folded: most are never looked at. */
export function renderDetails(details: unknown): Markup {
  if (details === null || details === undefined) return html`<span class="quiet">–</span>`;
  return html`<details><summary>Show</summary><pre>${JSON.stringify(details, null, 2)}</pre></details>`;
}

export const auditPages: readonly Page[] = [list];
