import { z } from 'zod';
import type { JobPage, JobSearch } from '../../../db/core/job-search.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { jobStatuses } from '../../../shared/state.ts';
import { isUuid } from '../../../shared/uuid.ts';
import { findJobs } from '../../actions/jobs.ts';
import { addressOf, optionalField } from '../optional-field.ts';
import { definePage, type Page } from '../page.ts';
import { moment } from '../words.ts';
import { renderJobs } from './job-view.ts';

const pageRows = 50;
const maxIds = 200;

/** No text of ours holds U+0000: Postgres would refuse to look for it. */
const text = (maxLength: number) =>
  optionalField(
    z
      .string()
      .max(maxLength)
      .regex(/^[^\0]*$/, 'without U+0000'),
  );
/** As a browser's own field sends it, without a zone: UTC is meant. */
const time = optionalField(z.iso.datetime({ local: true, error: 'a time such as 2026-11-26T08:15' }));
const idsText = z
  .string()
  .max(maxIds * 50)
  .refine(given => {
    const ids = idsIn(given);
    return ids.length <= maxIds && ids.every(isUuid);
  }, `whole ids, at most ${maxIds}, with blanks or commas between`);
const jobsQuery = z.object({
  ids: optionalField(idsText),
  kind: text(60),
  status: optionalField(z.enum(jobStatuses)),
  owner: text(200),
  tenant: text(200),
  from: time,
  to: time,
  key: text(400),
  fault: text(200),
  open: optionalField(z.literal('yes')),
  before: optionalField(z.uuid()),
});
type JobsQuery = z.output<typeof jobsQuery>;

const list = definePage({
  path: '/jobs',
  section: 'Jobs',
  query: jobsQuery,
  async render({ console, query }) {
    const { jobs, nextBeforeId, isCut } = await findJobs(console, searchOf(query));
    const onward = nextBeforeId !== null && addressOf('/jobs', { ...query, before: nextBeforeId });
    const newest = query.before !== undefined && addressOf('/jobs', { ...query, before: undefined });
    return {
      title: 'Jobs',
      body: html`<h1>Jobs</h1>
${renderFilter(query, [...console.catalog.keys()])}
<section class="wide" aria-label="Jobs found">${jobs.length > 0 ? renderJobs(jobs) : renderNone({ nextBeforeId, isCut })}</section>
${isCut && jobs.length > 0 && html`<p class="quiet">Searched back to ${renderReached(nextBeforeId)}.</p>`}
<p class="pages">${newest && html`<a href="${newest}">← Newest</a>`} ${onward && html`<a href="${onward}" rel="next">${isCut ? 'Search further' : 'Older'} →</a>`}</p>`,
    };
  },
});

function searchOf({ ids, kind, status, owner, tenant, from, to, key, fault, open, before }: JobsQuery): JobSearch {
  return {
    kind,
    status,
    owner,
    tenant,
    code: fault,
    uniqueKey: key,
    beforeId: before?.toLowerCase(),
    limit: pageRows,
    ids: ids === undefined ? undefined : idsIn(ids),
    from: utc(from),
    to: utc(to),
    isOpen: open === 'yes',
  };
}

function idsIn(given: string): string[] {
  return given
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(id => id !== '');
}

function utc(given: string | undefined): Date | undefined {
  return given === undefined ? undefined : new Date(given.endsWith('Z') ? given : `${given}Z`);
}

function renderFilter(query: JobsQuery, kinds: readonly string[]): Markup {
  const { ids, kind, status, owner, tenant, from, to, key, fault, open } = query;
  const field = (name: string, label: string, value: string | undefined, hint = '') =>
    html`<label>${label} <input name="${name}" value="${value}" placeholder="${hint}" autocomplete="off" spellcheck="false"></label>`;
  const moments = (name: string, label: string, value: string | undefined) =>
    html`<label>${label} <input type="datetime-local" step="any" name="${name}" value="${value?.replace(/(\.\d+)?Z?$/, '')}"></label>`;
  const choice = (value: string, chosen: string | undefined) =>
    html`<option${value === chosen && html` selected`}>${value}</option>`;
  // A kind that this build no longer knows may still have jobs.
  const known = kind === undefined || kinds.includes(kind) ? kinds : [...kinds, kind];
  return html`<form class="filter search" action="/jobs" role="search" aria-label="Jobs">
<label class="ids">Ids <input name="ids" value="${ids}" placeholder="one or many" data-search autocomplete="off" spellcheck="false"></label>
<label>Kind <select name="kind"><option value="">any</option>${known.map(one => choice(one, kind))}</select></label>
<label>Status <select name="status"><option value="">any</option>${jobStatuses.map(one => choice(one, status))}</select></label>
${field('fault', 'Fault', fault, 'its code')}
${field('owner', 'Owner', owner, 'marketplace/…')}
${field('tenant', 'Tenant', tenant)}
${moments('from', 'Made from (UTC)', from)}${moments('to', 'Made before (UTC)', to)}
${field('key', 'Unique key', key, 'of a live job')}
<label class="check"><input type="checkbox" name="open" value="yes"${open === 'yes' && html` checked`}> Not retried yet</label>
<p><button>Search</button> <a href="/jobs">Reset</a></p></form>`;
}

function renderNone({ nextBeforeId, isCut }: Pick<JobPage, 'nextBeforeId' | 'isCut'>): Markup {
  return isCut
    ? html`<p class="empty">No job back to ${renderReached(nextBeforeId)} fits, and there are older ones. Search further, or say more: a kind, an owner or a time leads there sooner.</p>`
    : html`<p class="empty">No job fits. Only live jobs have a unique key, and jobs that ended are deleted after some weeks.</p>`;
}

/** The time in an id of version 7. */
function renderReached(id: string | null): Markup {
  return moment(id && new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)));
}

export const jobsPages: readonly Page[] = [list];
