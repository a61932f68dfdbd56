import { z } from 'zod';
import { findLiveJob, type JobRow } from '../../../db/core/jobs.ts';
import { listTransferAttempts, type TransferAttemptRow } from '../../../db/marketplace/transfer-attempts.ts';
import { jobKeyOf } from '../../../db/marketplace/transfer-jobs.ts';
import { describeTransfer, searchTransfers, type TransferSight } from '../../../db/marketplace/transfer-search.ts';
import { providerKeyOf } from '../../../db/marketplace/transfers.ts';
import { Fault } from '../../../shared/fault.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { isFinal } from '../../../shared/state.ts';
import { transferStatuses } from '../../../shared/transfer-state.ts';
import { isUuid } from '../../../shared/uuid.ts';
import { retryFailedTransfer } from '../../actions/transfers.ts';
import { csrfField } from '../layout.ts';
import { type Action, defineAction, definePage, type Page, type PageRequest } from '../page.ts';
import { mayActAs } from '../session.ts';
import { reason, reasonField } from '../reason.ts';
import { badge, moment } from '../words.ts';
import { amount, isRetriable, lastFault, nextTry, statusBadge, transferTable, triesOf } from './transfer-parts.ts';

/** A platform pays more sellers of one order than this only once in a lifetime. */
const maxSiblings = 100;

const transfer = definePage({
  path: '/transfers/:id',
  section: 'Transfers',
  async render({ console, operator, params }) {
    const id = params['id'] ?? '';
    // Its job before its row: one that ends between the two then shows in the row.
    const live = await findLiveJob(console.db, jobKeyOf(id));
    const found = await findTransfer(console, params);
    const { orderId } = found;
    const [attempts, ofOrder] = await Promise.all([
      listTransferAttempts(console.db, id),
      searchTransfers(console.db, { statuses: transferStatuses, orderId, limit: maxSiblings }),
    ]);
    const jobIds = [...new Set([...(live ? [live.id] : []), ...attempts.map(({ jobId }) => jobId).reverse()])];
    const { jobs } = await console.live.look(jobIds);
    const parts = {
      facts: () => renderFacts(found),
      jobs: () => renderJobs(jobIds, new Map([...jobs, ...console.live.sight.jobs]), live),
    };
    const others = ofOrder.transfers.filter(one => one.id !== id);
    return {
      title: `Transfer ${id}`,
      body: html`<p><a href="/transfers">← Transfers</a></p>
<h1>${amount(found.amountCents, found.currency)} to ${found.sellerName}</h1>
<div id="facts">${parts.facts()}</div>
${renderRetry(found, operator)}
<section aria-label="Jobs"><h2>Jobs</h2><div class="wide" id="jobs">${parts.jobs()}</div></section>
<section aria-label="Attempts"><h2>Everything that was asked of Stripe</h2><div class="wide">${renderAttempts(attempts)}</div></section>
<section aria-label="Order"><h2>Other transfers of its order</h2>
<div class="wide">${others.length === 0 ? html`<p class="empty">This seller is the order’s only one.</p>` : transferTable(others)}</div></section>`,
      live: parts,
      watchedJobs: jobIds,
    };
  },
});

async function findTransfer(
  { db }: PageRequest['console'],
  { id = '' }: Record<string, string>,
): Promise<TransferSight> {
  const found = isUuid(id) ? await describeTransfer(db, id) : null;
  if (!found) throw new Fault('not_found', 'There is no such transfer.');
  return found;
}

function renderFacts(row: TransferSight): Markup {
  const { currency, call } = row;
  const account =
    row.accountId === null
      ? html`none: the seller has not onboarded, so nothing can be paid`
      : html`<code>${row.accountId}</code> ${!row.accountActive && badge('warn', 'may not be paid at present')}`;
  return html`<dl class="facts">
<dt>Status</dt><dd>${statusBadge(row.status)}</dd>
<dt>Transfer</dt><dd><code>${row.id}</code></dd>
<dt>Seller</dt><dd><a href="/transfers?seller=${row.sellerId}">${row.sellerName}</a> <code>${row.sellerId}</code></dd>
<dt>Account at Stripe</dt><dd>${account}</dd>
<dt>Order</dt><dd><a href="/transfers?order=${row.orderId}"><code>${row.orderId}</code></a> ${row.orderStatus.replaceAll('_', ' ')}, ${amount(row.orderTotalCents, currency)}, paid ${moment(row.paidAt)}</dd>
<dt>Amount</dt><dd>${amount(row.amountCents, currency)}; the platform kept ${amount(row.platformFeeCents, currency)}</dd>
<dt>Tries</dt><dd>${triesOf(row)}, next ${nextTry(row)}</dd>
<dt>Last fault</dt><dd>${lastFault(row)}</dd>
<dt>Transfer at Stripe</dt><dd>${row.providerTransferId === null ? 'none: no money has moved, as far as we know' : html`<code>${row.providerTransferId}</code>, ${moment(row.completedAt)}`}</dd>
${row.reversalAskedAt !== null && html`<dt>Reversal at Stripe</dt><dd>${row.providerReversalId === null ? 'none yet' : html`<code>${row.providerReversalId}</code>`}, asked for ${moment(row.reversalAskedAt)}</dd>`}
<dt>Money’s key</dt><dd><code>${providerKeyOf(row)}</code> ${call === 'unanswered' && badge('warn', 'sent, not answered')}${call === 'unknown' && badge('bad', 'answered, outcome unknown: read back first')}</dd>
<dt>Group at Stripe</dt><dd><code>${row.transferGroup}</code></dd>
<dt>Made</dt><dd>${moment(row.createdAt)}, changed ${moment(row.updatedAt)}</dd>
</dl>`;
}

function renderRetry(row: TransferSight, operator: PageRequest['operator']): Markup {
  const { id, status, providerTransferId, sellerName } = row;
  if (!isRetriable(status))
    return html`<p class="quiet">${whyNothingToRetry[status] ?? 'There is nothing to retry.'}</p>`;
  if (!mayActAs(operator.role, 'operator')) return html`<p class="quiet">Trying it now takes the role “operator”.</p>`;
  const what = amount(row.amountCents, row.currency);
  const question =
    providerTransferId === null ? `Pay ${what} to ${sellerName} now?` : `Take ${what} back from ${sellerName} now?`;
  return html`<section class="card" aria-label="Retry"><h2>Try it now</h2>
<p class="quiet">${providerTransferId === null ? 'It is paid at most once: the money’s key stays the same until Stripe has certainly refused it.' : 'The money was paid; what is tried is to take it back, at most once.'} If its order was refunded meanwhile, nothing is paid.</p>
<form method="post" action="/transfers/${id}/retry" class="inline">${csrfField(operator)}
${reasonField}
<button class="danger" data-confirm="${question}">Try now</button></form></section>`;
}

const whyNothingToRetry: Partial<Record<TransferSight['status'], string>> = {
  pending: 'It waits for its first try, or for the seller’s onboarding: there is nothing to retry.',
  held: 'It is held while its order’s refund or dispute is open.',
  cancelled: 'Its order was refunded before it was paid: it is never to be paid.',
  completed: 'It is paid.',
  reversal_pending: 'It is being taken back.',
  reversed: 'It was paid, and taken back.',
};

/** `live`: the job that was to be run, or ran, when the rest of the page was read. */
function renderJobs(
  ids: readonly string[],
  jobs: ReadonlyMap<string, JobRow>,
  live: Pick<JobRow, 'id' | 'state' | 'attempt'> | null,
): Markup {
  if (ids.length === 0) return html`<p class="empty">No job has taken it up.</p>`;
  const now = live && jobs.get(live.id);
  const hasEnded =
    now && now.state !== 'running' && (live.state === 'running' || now.attempt !== live.attempt || isFinal(now.state));
  return html`${hasEnded && html`<p role="status">The try has ended. <a href="">Load the page again</a> to see what came of it.</p>`}
<table><thead><tr><th scope="col">Job</th><th scope="col">Kind</th><th scope="col">State</th><th scope="col">Attempt</th><th scope="col">Fault</th><th scope="col">Made</th></tr></thead>
<tbody>${ids.map(id => renderJob(id, jobs.get(id)))}</tbody></table>`;
}

function renderJob(id: string, job: JobRow | undefined): Markup {
  const link = html`<th scope="row"><a href="/jobs/${id}" class="mono nowrap">…${id.slice(-12)}</a></th>`;
  if (!job) return html`<tr>${link}<td colspan="5" class="quiet">no longer kept</td></tr>`;
  const { kind, state, attempt, maxAttempts, fault, createdAt } = job;
  const tone = state === 'succeeded' ? 'good' : state === 'failed' ? 'bad' : state === 'running' ? 'busy' : 'idle';
  return html`<tr>${link}<td>${kind}</td><td>${badge(tone, state)}</td><td class="nowrap">${attempt} of ${maxAttempts}</td>
<td class="says">${fault === null ? '–' : html`<code>${fault.code}</code> ${fault.message}`}</td><td class="nowrap">${moment(createdAt)}</td></tr>`;
}

const eventTones: Partial<Record<TransferAttemptRow['event'], Parameters<typeof badge>[0]>> = {
  completed: 'good',
  found: 'good',
  sent: 'idle',
  absent: 'idle',
  refused: 'bad',
  mismatch: 'bad',
  misconfigured: 'bad',
};

function renderAttempts(attempts: readonly TransferAttemptRow[]): Markup {
  if (attempts.length === 0) return html`<p class="empty">Nothing was ever sent.</p>`;
  return html`<table><thead><tr><th scope="col">#</th><th scope="col">When</th><th scope="col">What</th><th scope="col">Came of it</th><th scope="col">Fault</th>
<th scope="col">Key</th><th scope="col">Stripe’s id</th><th scope="col">Request</th><th scope="col">Job’s attempt</th></tr></thead>
<tbody>${attempts.map(
    row => html`<tr><th scope="row">${row.seq}</th><td class="nowrap">${moment(row.at)}</td><td>${row.direction}</td>
<td>${badge(eventTones[row.event] ?? 'warn', row.event.replaceAll('_', ' '))}</td><td>${row.faultCode === null ? '–' : html`<code>${row.faultCode}</code>`}</td>
<td class="nowrap"><code>${row.providerKey ?? '–'}</code></td><td><code>${row.providerId ?? '–'}</code></td><td><code>${row.providerRequestId ?? '–'}</code></td>
<td><a href="/jobs/${row.jobId}">${row.attempt}</a></td></tr>`,
  )}</tbody></table>`;
}

const retry = defineAction({
  path: '/transfers/:id/retry',
  form: z.object({ reason }),
  async run({ console, operator, params, form }) {
    const { id } = await findTransfer(console, params);
    await retryFailedTransfer(console, { id }, { actor: operator.email, reason: form.reason });
    return { location: `/transfers/${id}`, message: 'It is tried now. What comes of it shows below.' };
  },
});

export const transferPages: readonly Page[] = [transfer];
export const transferActions: readonly Action[] = [retry];
