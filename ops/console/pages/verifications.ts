import { z } from 'zod';
import {
  countWaiting,
  searchVerifications,
  type VerificationSight,
  waitsForPerson,
} from '../../../db/workforce/verification-search.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { verificationTypes } from '../../../shared/verification-check.ts';
import { type VerificationStatus, verificationStatuses } from '../../../shared/verification-state.ts';
import { addressOf, optionalField } from '../optional-field.ts';
import { definePage, type Page } from '../page.ts';
import { ago, badge, count, moment } from '../words.ts';

const pageRows = 50;
const shown = ['any', ...verificationStatuses] as const;

const search = z.object({
  status: optionalField(z.enum(shown)),
  type: optionalField(z.enum(verificationTypes)),
  tenant: optionalField(z.uuid('a tenant’s id')),
  from: optionalField(z.uuid()),
});
type Query = z.output<typeof search>;

const list = definePage({
  path: '/verifications',
  section: 'Verifications',
  query: search,
  async render({ console, query }) {
    const { status = waitsForPerson, type, tenant: tenantId, from: fromId } = query;
    const isQueue = status === waitsForPerson;
    const [{ waiting, capped, oldestAt }, { verifications, nextFromId }] = await Promise.all([
      countWaiting(console.db),
      searchVerifications(console.db, {
        status: status === 'any' ? undefined : status,
        type,
        tenantId,
        order: isQueue ? 'oldest first' : 'newest first',
        fromId,
        limit: pageRows,
      }),
    ]);
    const next = nextFromId !== null && addressOf('/verifications', { ...query, from: nextFromId });
    const first = fromId !== undefined && addressOf('/verifications', { ...query, from: undefined });
    return {
      title: 'Verifications',
      body: html`<h1>Verifications</h1>
<p>${waiting === 0 ? 'Nothing waits for a person.' : html`<b>${capped && 'At least '}${count(waiting)}</b> ${waiting === 1 ? 'waits' : 'wait'} for a person, the oldest for ${ago(oldestAt).replace(' ago', '')}.`}</p>
${renderFilter(query)}
<h2>${isQueue ? 'To be reviewed, the oldest first' : 'The newest first'}</h2>
<div class="wide">${
        verifications.length === 0
          ? html`<p class="empty">${isQueue ? 'Nothing is left to review here.' : 'No verification is like that.'}</p>`
          : renderTable(verifications)
      }</div>
<p class="pages">${first !== false && html`<a href="${first}">← First</a>`} ${next !== false && html`<a href="${next}" rel="next">More →</a>`}</p>`,
    };
  },
});

const tones: Record<VerificationStatus, Parameters<typeof badge>[0]> = {
  PENDING: 'idle',
  PROCESSING: 'busy',
  AUTO_PASS: 'good',
  AUTO_FAIL: 'bad',
  NEEDS_REVIEW: 'warn',
  ERROR: 'bad',
  APPROVED: 'good',
  REJECTED: 'bad',
};

export function verificationName(text: string): string {
  return text.toLowerCase().replaceAll('_', ' ');
}

export function verificationBadge(status: VerificationStatus): Markup {
  return badge(tones[status], verificationName(status));
}

function renderFilter({ status = waitsForPerson, type, tenant }: Query): Markup {
  const option = (value: string, name: string, chosen: boolean) =>
    html`<option value="${value}"${chosen && html` selected`}>${name}</option>`;
  return html`<form class="filter" role="search">
<label>Status <select name="status">${shown.map(one => option(one, one === 'any' ? 'any' : verificationName(one), one === status))}</select></label>
<label>Type <select name="type">${option('', 'any', type === undefined)}${verificationTypes.map(one => option(one, verificationName(one), one === type))}</select></label>
<label>Tenant <input name="tenant" value="${tenant}" placeholder="id" data-search autocomplete="off"></label>
<button>Search</button> <a href="/verifications">Review queue</a> <a href="/verifications?status=any">All</a></form>`;
}

function renderTable(rows: readonly VerificationSight[]): Markup {
  return html`<table><thead><tr><th scope="col">Verification</th><th scope="col">Status</th><th scope="col">Type</th><th scope="col">Tenant</th>
<th scope="col">About</th><th scope="col">What decides</th><th scope="col">Asked</th><th scope="col">Changed</th></tr></thead>
<tbody>${rows.map(
    row => html`<tr><th scope="row"><a href="/verifications/${row.id}" title="${row.id}" class="mono nowrap">…${row.id.slice(-12)}</a></th>
<td>${verificationBadge(row.status)}</td><td>${verificationName(row.type)}</td><td class="nowrap"><a href="/verifications?status=any&tenant=${row.tenantId}">${row.tenantName}</a></td>
<td>${row.subjectType}</td><td class="says">${decisive(row)}</td><td class="nowrap">${ago(row.createdAt)}</td><td class="nowrap">${moment(row.updatedAt)}</td></tr>`,
  )}</tbody></table>`;
}

/** The checks that did not pass, by name: what they found is personal, and is on the verification's own page. */
function decisive({ checks, review }: VerificationSight): Markup {
  if (review) return html`a person`;
  const open = checks.filter(check => check.outcome === 'fail' || check.outcome === 'doubt');
  if (open.length === 0) return html`–`;
  return html`${open.map((check, index) => html`${index > 0 && ', '}${verificationName(check.name)} <span class="quiet">${verificationName(check.reason ?? check.outcome)}</span>`)}`;
}

export const verificationsPages: readonly Page[] = [list];
