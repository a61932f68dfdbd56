import { z } from 'zod';
import { html, type Markup } from '../../../shared/html.ts';
import { Fault } from '../../../shared/fault.ts';
import { isUuid } from '../../../shared/uuid.ts';
import {
  approveBulk,
  bulkFilterSchema,
  getBulk,
  listBulks,
  previewRedrive,
  proposeRedrive,
  type RedrivePreview,
  stopBulk,
} from '../../actions/bulk.ts';
import { csrfField } from '../layout.ts';
import { type Action, defineAction, definePage, type Page } from '../page.ts';
import { count } from '../words.ts';
import { furtherOf, renderBulk, renderBulkTable, renderFilter, renderTotal } from './bulk-views.ts';
import { renderFaulty } from './failure-views.ts';

const bulksPerPage = 50;

const bulks = definePage({
  path: '/bulk',
  section: 'Failures',
  query: z.object({ before: z.uuid().optional() }),
  async render({ console, query }) {
    const rows = await listBulks(console, { beforeId: query.before, limit: bulksPerPage });
    const table = () => {
      const now = new Map(console.live.sight.bulks.map(row => [row.id, row]));
      return renderBulkTable(rows.map(row => furtherOf(row, now.get(row.id))));
    };
    const last = rows.length === bulksPerPage ? rows.at(-1) : undefined;
    return {
      title: 'Bulk actions',
      body: html`<h1>Bulk actions</h1>
<p><a href="/failures">Failures</a></p>
<section id="bulks" class="wide" aria-label="Bulk actions">${table()}</section>
${last && html`<p><a href="/bulk?before=${last.id}">Older ones</a></p>`}`,
      live: { bulks: table },
    };
  },
});

const bulk = definePage({
  path: '/bulk/:id',
  section: 'Failures',
  async render({ console, operator, params }) {
    const row = await getBulk(console, idOf(params));
    const part = () =>
      renderBulk(
        furtherOf(
          row,
          console.live.sight.bulks.find(one => one.id === row.id),
        ),
        operator,
      );
    return {
      title: 'Bulk action',
      body: html`<h1>Redrive of ${row.filter.kind}</h1>
<p><a href="/bulk">All bulk actions</a> · <a href="/failures?kind=${encodeURIComponent(row.filter.kind)}">Failures of this kind</a></p>
<section id="bulk" class="card" aria-label="Action">${part()}</section>`,
      live: { bulk: part },
    };
  },
});

/** What forms can carry in an address; the command line takes more. */
const maxIdsOfForm = 200;
const textField = z
  .string()
  .trim()
  .max(200)
  .optional()
  .transform(text => (text === '' ? undefined : text));
/** As browsers send a local time; here it is one of UTC. */
const timeField = z
  .union([z.literal(''), z.iso.datetime({ local: true, offset: false })])
  .optional()
  .transform(text => (text ? new Date(text.endsWith('Z') ? text : `${text}Z`).toISOString() : undefined));
const idsField = z
  .union([z.string().max(20_000), z.array(z.string().max(100))])
  .optional()
  .transform(given => {
    const ids = [given ?? []].flat().flatMap(text => text.split(/[\s,]+/).filter(id => id !== ''));
    return ids.length === 0 ? undefined : [...new Set(ids)];
  })
  .pipe(z.array(z.uuid()).max(maxIdsOfForm).optional());
const redriveQuery = z.object({
  kind: textField,
  code: textField,
  from: timeField,
  to: timeField,
  owner: textField,
  tenant: textField,
  ids: idsField,
});
type RedriveQuery = z.output<typeof redriveQuery>;

const redrive = definePage({
  path: '/redrive',
  section: 'Failures',
  role: 'operator',
  query: redriveQuery,
  async render({ console, operator, query }) {
    const { kind, ...rest } = query;
    const filter = kind === undefined ? null : bulkFilterSchema.parse({ kind, ...rest });
    const preview = filter && (await previewRedrive(console, filter));
    return {
      title: 'Redrive',
      body: html`<h1>Redrive</h1>
<p><a href="/failures">Failures</a> · <a href="/bulk">Bulk actions</a></p>
${
  filter &&
  preview &&
  html`<section class="card" aria-label="Dry run">${renderPreview(preview)}
<p class="quiet">${renderFilter(filter)}</p>
${
  preview.total > 0 &&
  html`<form method="post" action="/redrive">${csrfField(operator)}<input type="hidden" name="filter" value="${JSON.stringify(filter)}">
<label>Why <input name="reason" required maxlength="500" placeholder="The provider is back"></label>
<p class="under"><button class="danger" data-confirm="Redrive ${renderTotal(preview.total)} jobs?">${preview.movesMoney ? 'Propose' : 'Redrive'} ${renderTotal(preview.total)}</button></p></form>`
}</section>
${preview.total > 0 && html`<h2>The newest of them</h2><div class="wide">${renderFaulty(preview.sample, { choose: false })}</div>`}`
}
<h2>Filter</h2>
${renderForm(query, [...console.catalog.keys()])}`,
    };
  },
});

function renderPreview({ total, capped, retrying, movesMoney }: RedrivePreview): Markup {
  if (total === 0) return html`<p>Nothing fits: no job of this filter has failed, or all were taken up again.</p>`;
  return html`<p><b>${renderTotal(total)}</b> ${total === 1 ? 'job' : 'jobs'} would be touched${capped && ': the count stops there'}.
${count(total - retrying)} failed and will be posted anew; ${count(retrying)} wait for their next attempt, which comes at once.</p>
${movesMoney && html`<p class="problem">This kind moves money: a second operator must approve it before it begins.</p>`}`;
}

function renderForm(query: RedriveQuery, kinds: readonly string[]): Markup {
  const local = (iso: string | undefined) => iso?.slice(0, 16);
  return html`<form class="filter" action="/redrive">
<label>Kind <select name="kind" required data-search>${kinds.map(kind => html`<option${kind === query.kind && html` selected`}>${kind}</option>`)}</select></label>
<label>Fault <input name="code" maxlength="200" value="${query.code}"></label>
<label>Made from (UTC) <input type="datetime-local" name="from" value="${local(query.from)}"></label>
<label>Made before (UTC) <input type="datetime-local" name="to" value="${local(query.to)}"></label>
<label>Owner <input name="owner" maxlength="200" value="${query.owner}"></label>
<label>Tenant <input name="tenant" maxlength="200" value="${query.tenant}"></label>
<label class="broad">Only these jobs (ids, at most ${maxIdsOfForm}) <textarea name="ids" rows="2">${query.ids?.join('\n')}</textarea></label>
<button>Count</button></form>`;
}

const propose = defineAction({
  path: '/redrive',
  form: z.object({ filter: z.string().max(50_000), reason: z.string().trim().min(1, 'Say why.').max(500) }),
  async run({ console, operator, form: { filter, reason } }) {
    const made = await proposeRedrive(console, readFilter(filter), { actor: operator.email, reason });
    return {
      location: `/bulk/${made.id}`,
      message: made.movesMoney ? 'Proposed: it begins once a second operator approves it.' : 'It begins now.',
    };
  },
});

const approve = defineAction({
  path: '/bulk/:id/approve',
  form: z.object({}),
  async run({ console, operator, params }) {
    const id = idOf(params);
    await approveBulk(console, { id }, { actor: operator.email });
    return { location: `/bulk/${id}`, message: 'Approved: it begins now.' };
  },
});

const stop = defineAction({
  path: '/bulk/:id/stop',
  form: z.object({}),
  async run({ console, operator, params }) {
    const id = idOf(params);
    const { done } = await stopBulk(console, { id }, { actor: operator.email });
    return { location: `/bulk/${id}`, message: `Stopped; ${count(done)} were redriven before.` };
  },
});

function readFilter(text: string) {
  try {
    return bulkFilterSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Fault('invalid', 'The filter is damaged: go back and count again.', { cause: error });
  }
}

function idOf(params: Record<string, string>): string {
  const { id = '' } = params;
  if (!isUuid(id)) throw new Fault('not_found', 'There is no such bulk action.');
  return id;
}

export const bulkPages: readonly Page[] = [bulks, bulk, redrive];
export const bulkActions: readonly Action[] = [propose, approve, stop];
