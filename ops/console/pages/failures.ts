import { z } from 'zod';
import { listFailureNotes } from '../../../db/core/failure-notes.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { Fault } from '../../../shared/fault.ts';
import { type FailureView, noteFailure, noteGroups, silenceFailure } from '../../actions/failures.ts';
import { findRedrivable } from '../../actions/bulk.ts';
import { csrfField } from '../layout.ts';
import type { Sight } from '../live.ts';
import { type Action, defineAction, definePage, type Page } from '../page.ts';
import { mayActAs } from '../session.ts';
import { badge, count, duration, moment } from '../words.ts';
import { renderBulkLine } from './bulk-views.ts';
import { groupPath, renderFaulty, renderGroups, renderSpark } from './failure-views.ts';

/** The ticker looks every ten seconds, less often where a look takes long. */
const staleS = 120;
const jobsPerPage = 50;
const neverSeen = html`<p class="empty">Nothing was seen yet: a ticker must run.</p>`;

const failures = definePage({
  path: '/failures',
  section: 'Failures',
  query: z.object({ kind: z.string().max(60).optional() }),
  async render({ console, operator, query: { kind = '' } }) {
    // Notes change when somebody here changes them; the figures are live.
    const notes = await listFailureNotes(console.db);
    const groups = () => {
      const { failures: seen } = console.live.sight;
      if (!seen) return neverSeen;
      const wanted = seen.body.groups.filter(group => kind === '' || group.kind === kind);
      return html`${renderAge(seen.ageS)}${renderGroups(noteGroups(wanted, notes))}`;
    };
    return {
      title: 'Failures',
      body: html`<h1>Failures</h1>
<p class="quiet">Jobs that failed and were not taken up again, and jobs that failed and are tried again, by kind and fault.</p>
<form class="filter" action="/failures">
<label>Kind <select name="kind" data-search><option value="">All</option>${[...console.catalog.keys()].map(
        name => html`<option${name === kind && html` selected`}>${name}</option>`,
      )}</select></label><button>Show</button>
${mayActAs(operator.role, 'operator') && html`<a href="/redrive">Redrive by filter</a>`} <a href="/bulk">Bulk actions</a>
</form>
<section id="groups" class="wide" aria-label="Groups">${groups()}</section>`,
      live: { groups },
    };
  },
});

const group = definePage({
  path: '/failures/:kind/:code',
  section: 'Failures',
  query: z.object({ before: z.uuid().optional() }),
  async render({ console, operator, params, query }) {
    const key = keyOf(params);
    const acts = mayActAs(operator.role, 'operator');
    const [notes, found] = await Promise.all([
      listFailureNotes(console.db),
      findRedrivable(console, key, { beforeId: query.before, limit: jobsPerPage }),
    ]);
    const facts = () => renderFacts(console.live.sight, viewOf(console.live.sight, key, notes), key);
    const said = notes.find(row => row.kind === key.kind && row.code === key.code);
    const path = groupPath(key);
    return {
      title: `${key.code} of ${key.kind}`,
      body: html`<h1>${key.kind}: ${key.code}</h1>
<p><a href="/failures">All failures</a> · <a href="/failures?kind=${encodeURIComponent(key.kind)}">All of this kind</a></p>
<section id="facts" aria-label="Figures">${facts()}</section>
${
  acts &&
  html`<div class="cards under">
<section class="card" aria-labelledby="redrive-title"><h2 id="redrive-title">Redrive</h2>
<p>Once the cause is mended: posts what failed anew, and tries at once what waits for its next attempt. You see first what it would touch.</p>
<form action="/redrive"><input type="hidden" name="kind" value="${key.kind}"><input type="hidden" name="code" value="${key.code}"><button>Redrive the group …</button></form></section>
<section class="card" aria-labelledby="silence-title"><h2 id="silence-title">Silence</h2>
${
  said?.silencedUntil &&
  html`<form class="inline" method="post" action="${path}/silence">${csrfField(operator)}<input type="hidden" name="until" value="now">
<p>Silenced until ${moment(said.silencedUntil)}</p><button class="second">Lift it</button></form>`
}
<form class="inline" method="post" action="${path}/silence">${csrfField(operator)}
<label>For <select name="until"><option value="1h">1 hour</option><option value="8h">8 hours</option><option value="3d">3 days</option><option value="date">until a date</option></select></label>
<label>Date (from 00:00 UTC it is heard again) <input type="date" name="date"></label>
<button class="second">Silence</button></form></section>
<section class="card" aria-labelledby="note-title"><h2 id="note-title">Note</h2>
<form method="post" action="${path}/note">${csrfField(operator)}
<label>For the next who looks <textarea name="note" rows="3" maxlength="2000">${said?.note}</textarea></label>
<p class="quiet">${said && html`${said.updatedBy}, ${moment(said.updatedAt)}`}</p><button>Save</button></form></section>
</div>`
}
<h2>Its newest jobs</h2>
${renderJobs(found, { acts, key, path })}`,
      live: { facts },
    };
  },
});

function viewOf(
  { failures: seen }: Sight,
  { kind, code }: Key,
  notes: Parameters<typeof noteGroups>[1],
): FailureView | null {
  const found = seen?.body.groups.filter(one => one.kind === kind && one.code === code) ?? [];
  return noteGroups(found, notes)[0] ?? null;
}

function renderFacts({ failures: seen, bulks }: Sight, view: FailureView | null, { kind, code }: Key): Markup {
  const redrives = bulks.filter(({ filter }) => filter.kind === kind && (filter.code ?? code) === code);
  return html`${seen ? renderAge(seen.ageS) : neverSeen}
${
  view
    ? html`<dl class="facts"><dt>Failed</dt><dd>${count(view.failed)}</dd><dt>Are tried again</dt><dd>${count(view.retrying)}</dd>
<dt>Last 24 hours</dt><dd>${renderSpark(view.hours)}</dd><dt>First seen</dt><dd>${moment(view.firstAt)}</dd><dt>Last seen</dt><dd>${moment(view.lastAt)}</dd>
<dt>The newest says</dt><dd>${view.message} <a href="/jobs/${view.lastId}">its job</a></dd>
${view.note !== '' && html`<dt>Note</dt><dd class="lines">${view.note}</dd>`}${view.silencedUntil !== null && html`<dt>Silenced until</dt><dd>${moment(view.silencedUntil)}</dd>`}</dl>`
    : seen && html`<p class="empty">${badge('good', 'empty')} No job is in this group any more.</p>`
}
${redrives.length > 0 && html`<ul aria-label="Redrives">${redrives.map(bulk => html`<li>${renderBulkLine(bulk)}</li>`)}</ul>`}`;
}

function renderJobs(
  { jobs, nextBeforeId }: Awaited<ReturnType<typeof findRedrivable>>,
  { acts, key, path }: { acts: boolean; key: Key; path: string },
): Markup {
  const older = nextBeforeId !== null && html`<p><a href="${path}?before=${nextBeforeId}">Older ones</a></p>`;
  if (jobs.length === 0)
    return html`<p class="empty">None is to be found ${older ? 'among the newest failures' : ''}.</p>${older}`;
  const table = html`<div class="wide">${renderFaulty(jobs, { choose: acts })}</div>`;
  return html`${
    acts
      ? html`<form action="/redrive"><input type="hidden" name="kind" value="${key.kind}">${table}<p class="under"><button class="second">Redrive the chosen …</button></p></form>`
      : table
  }${older}`;
}

function renderAge(ageS: number): Markup | false {
  return (
    ageS > staleS &&
    html`<p class="problem" role="alert">What you see is ${duration(ageS * 1_000)} old: no ticker looks.</p>`
  );
}

interface Key {
  kind: string;
  code: string;
}

/** Throws `Fault('not_found')` for what can't be a group. */
function keyOf(params: Record<string, string>): Key {
  const { kind = '', code = '' } = params;
  if (kind.length > 60 || code.length > 200) throw new Fault('not_found', 'There is no such group.');
  return { kind, code };
}

const note = defineAction({
  path: '/failures/:kind/:code/note',
  form: z.object({ note: z.string().trim().max(2_000) }),
  async run({ console, operator, params, form }) {
    const key = keyOf(params);
    await noteFailure(console, { ...key, ...form }, { actor: operator.email });
    return { location: groupPath(key), message: form.note === '' ? 'The note is gone.' : 'The note is kept.' };
  },
});

const silenceMs = { '1h': 3_600_000, '8h': 8 * 3_600_000, '3d': 3 * 86_400_000 };

const silence = defineAction({
  path: '/failures/:kind/:code/silence',
  form: z.object({
    until: z.enum(['now', '1h', '8h', '3d', 'date']),
    date: z.union([z.literal(''), z.iso.date()]).default(''),
  }),
  async run({ console, operator, params, form: { until, date } }) {
    const key = keyOf(params);
    if (until === 'date' && date === '') throw new Fault('invalid', 'Choose the date until which it is silenced.');
    const end = until === 'now' ? null : new Date(until === 'date' ? date : Date.now() + silenceMs[until]);
    await silenceFailure(console, { ...key, until: end }, { actor: operator.email });
    return {
      location: groupPath(key),
      message: end ? `Silenced until ${end.toISOString().slice(0, 16).replace('T', ' ')} UTC.` : 'It is heard again.',
    };
  },
});

export const failurePages: readonly Page[] = [failures, group];
export const failureActions: readonly Action[] = [note, silence];
