import { z } from 'zod';
import {
  maxSummed,
  searchTransfers,
  sumTransfers,
  type TransferSearch,
  type TransferSum,
} from '../../../db/marketplace/transfer-search.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { retriableStatuses, transferStatuses, type TransferStatus } from '../../../shared/transfer-state.ts';
import { addressOf, optionalField } from '../optional-field.ts';
import { definePage, type Page } from '../page.ts';
import { compareFunds, type CurrencyFunds, type Funds, readFunds } from '../platform-funds.ts';
import { badge, count } from '../words.ts';
import { amount, statusBadge, statusName, transferTable } from './transfer-parts.ts';

const pageRows = 50;
const shown = ['trouble', 'any', ...transferStatuses] as const;
type Shown = (typeof shown)[number];

const search = z.object({
  status: optionalField(z.enum(shown)),
  id: optionalField(z.union([z.uuid(), z.string().regex(/^trr?_\w{1,100}$/)], 'a transfer’s id, ours or Stripe’s')),
  order: optionalField(z.uuid('an order’s id')),
  seller: optionalField(z.uuid('a seller’s id')),
  before: optionalField(z.uuid()),
});
type Query = z.output<typeof search>;

const list = definePage({
  path: '/transfers',
  section: 'Transfers',
  query: search,
  async render({ console, query }) {
    const [sums, funds, { transfers, nextBeforeId }] = await Promise.all([
      sumTransfers(console.db, retriableStatuses),
      readFunds(console.ports.stripe),
      searchTransfers(console.db, searchOf(query)),
    ]);
    const next = nextBeforeId !== null && addressOf('/transfers', { ...query, before: nextBeforeId });
    const first = query.before !== undefined && addressOf('/transfers', { ...query, before: undefined });
    return {
      title: 'Transfers',
      body: html`<h1>Transfers</h1>
<section aria-label="Money">${renderFunds(sums, funds)}</section>
<section aria-label="Transfers"><h2>${headingOf(query)}</h2>
${renderFilter(query)}
<div class="wide">${
        transfers.length === 0
          ? html`<p class="empty">${shownOf(query) === 'trouble' ? 'No transfer has failed. All that can be paid is paid, or waits for its turn.' : 'No transfer is like that.'}</p>`
          : transferTable(transfers)
      }</div>
<p class="pages">${first !== false && html`<a href="${first}">← Newest</a>`} ${next !== false && html`<a href="${next}" rel="next">Older →</a>`}</p>
</section>`,
    };
  },
});

/** What has failed, unless something is named: then whatever it is. */
function shownOf({ status, id, order, seller }: Query): Shown {
  return status ?? ([id, order, seller].every(name => name === undefined) ? 'trouble' : 'any');
}

function searchOf(query: Query): TransferSearch {
  const { id, order: orderId, seller: sellerId, before: beforeId } = query;
  const status = shownOf(query);
  const statuses: readonly TransferStatus[] =
    status === 'trouble' ? retriableStatuses : status === 'any' ? transferStatuses : [status];
  const named = id?.startsWith('tr') ? { providerId: id } : { id };
  return { statuses, ...named, orderId, sellerId, beforeId, limit: pageRows };
}

function headingOf(query: Query): string {
  const status = shownOf(query);
  return status === 'trouble' ? 'In trouble' : status === 'any' ? 'Of any status' : `Status: ${statusName(status)}`;
}

function renderFilter(query: Query): Markup {
  const status = shownOf(query);
  const name = (one: Shown) => (one === 'trouble' ? 'in trouble' : one === 'any' ? 'any' : statusName(one));
  return html`<form class="filter" role="search">
<label>Status <select name="status">${shown.map(one => html`<option value="${one}"${one === status && html` selected`}>${name(one)}</option>`)}</select></label>
<label>Transfer <input name="id" value="${query.id}" placeholder="id, or tr_…" data-search autocomplete="off"></label>
<label>Order <input name="order" value="${query.order}" placeholder="id" autocomplete="off"></label>
<label>Seller <input name="seller" value="${query.seller}" placeholder="id" autocomplete="off"></label>
<button>Search</button> <a href="/transfers">Reset</a></form>`;
}

function renderFunds(sums: readonly TransferSum[], funds: Funds): Markup {
  const rows = compareFunds(sums, funds);
  const isCapped = sums.some(sum => sum.transfers >= maxSummed);
  const counts = retriableStatuses.map(status => {
    const sum = sums.filter(one => one.status === status).reduce((all, one) => all + one.transfers, 0);
    return html`<p class="card"><a href="/transfers?status=${status}"><b>${sum >= maxSummed ? 'at least ' : ''}${count(sum)}</b> ${statusName(status)}</a></p>`;
  });
  return html`<div class="cards">${counts}</div>
<h2>What failed payments need, and what there is</h2>
${'problem' in funds && html`<p class="problem" role="alert"><b>Stripe is not reachable</b>, so nobody knows what there is to pay from: ${funds.problem}</p>`}
${isCapped && html`<p class="problem">More than ${count(maxSummed)} transfers of one status failed: the sums are lower bounds.</p>`}
<div class="wide">${
    rows.length === 0
      ? html`<p class="empty">Nothing failed${'balances' in funds && ', and nothing lies at Stripe'}.</p>`
      : html`<table><thead><tr><th scope="col">Currency</th><th scope="col">${statusBadge('failed')}</th><th scope="col">${statusBadge('permanently_failed')}</th>
<th scope="col">Owed together</th><th scope="col">Available at Stripe</th><th scope="col">Pending there</th><th scope="col">Enough?</th><th scope="col">Reversals failed</th></tr></thead>
<tbody>${rows.map(renderCurrency)}</tbody></table>`
  }</div>`;
}

function renderCurrency(row: CurrencyFunds): Markup {
  const { currency, owedCents, availableCents, pendingCents } = row;
  const print = (cents: number | null) => (cents === null ? 'not known' : amount(cents, currency));
  const verdict =
    owedCents === 0
      ? html`<span class="quiet">nothing is owed</span>`
      : availableCents === null
        ? badge('warn', 'not known')
        : availableCents >= owedCents
          ? badge('good', 'enough')
          : badge('bad', `${amount(owedCents - availableCents, currency)} too little`);
  return html`<tr><th scope="row">${currency}</th><td class="nowrap">${print(row.failedCents)}</td><td class="nowrap">${print(row.permanentlyFailedCents)}</td>
<td class="nowrap">${print(owedCents)}</td><td class="nowrap">${print(availableCents)}</td><td class="nowrap">${print(pendingCents)}</td><td>${verdict}</td>
<td class="nowrap">${row.reversalFailedCents === 0 ? '–' : print(row.reversalFailedCents)}</td></tr>`;
}

export const transfersPages: readonly Page[] = [list];
