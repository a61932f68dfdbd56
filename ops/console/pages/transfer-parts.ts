import type { TransferSight } from '../../../db/marketplace/transfer-search.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { transfer as transferSpec } from '../../../shared/jobs/transfer.ts';
import { transferReversal as reversalSpec } from '../../../shared/jobs/transfer-reversal.ts';
import { minorDigitsOf } from '../../../shared/money.ts';
import { retriableStatuses, type TransferStatus } from '../../../shared/transfer-state.ts';
import { ago, badge, count, duration, money, moment } from '../words.ts';

const tones: Record<TransferStatus, Parameters<typeof badge>[0]> = {
  pending: 'idle',
  failed: 'warn',
  permanently_failed: 'bad',
  held: 'warn',
  cancelled: 'idle',
  completed: 'good',
  reversal_pending: 'busy',
  reversed: 'idle',
  reversal_failed: 'bad',
};

export function statusName(status: TransferStatus): string {
  return status.replaceAll('_', ' ');
}

export function statusBadge(status: TransferStatus): Markup {
  return badge(tones[status], statusName(status));
}

export function amount(cents: number, currency: string): string {
  return money(cents, currency, minorDigitsOf(currency));
}

export function isRetriable(status: TransferStatus): boolean {
  return (retriableStatuses as readonly TransferStatus[]).includes(status);
}

/** The tries that have ended, of those that the policy grants. */
export function triesOf({ providerTransferId, tries, reversalTries }: TransferSight): string {
  return providerTransferId === null || reversalTries === 0
    ? `${count(tries)} of ${transferSpec.retry.attempts}`
    : `${count(reversalTries)} of ${reversalSpec.retry.attempts} (reversal)`;
}

export function nextTry({ trying, nextRetryAt, status }: TransferSight): Markup {
  if (trying) return badge('busy', 'now');
  if (nextRetryAt !== null) {
    const inMs = nextRetryAt.getTime() - Date.now();
    return html`<span title="${nextRetryAt.toISOString()}">${inMs > 0 ? `in ${duration(inMs)}` : 'due'}</span>`;
  }
  return isRetriable(status) ? html`<span class="quiet">by hand only</span>` : html`–`;
}

export function lastFault({ faultEvent, faultCode, faultAt }: TransferSight): Markup {
  if (faultCode === null) return html`–`;
  return html`<code>${faultCode}</code> <span class="quiet">${faultEvent?.replaceAll('_', ' ')}, ${ago(faultAt)}</span>`;
}

/** Newest first, with a way to each. */
export function transferTable(transfers: readonly TransferSight[]): Markup {
  return html`<table><thead><tr><th scope="col">Transfer</th><th scope="col">Status</th><th scope="col">Amount</th><th scope="col">Seller</th>
<th scope="col">Order</th><th scope="col">Tries</th><th scope="col">Next try</th><th scope="col">Last fault</th><th scope="col">Made</th></tr></thead>
<tbody>${transfers.map(
    one => html`<tr><th scope="row"><a href="/transfers/${one.id}" title="${one.id}" class="mono nowrap">…${one.id.slice(-12)}</a></th>
<td>${statusBadge(one.status)}</td><td class="nowrap">${amount(one.amountCents, one.currency)}</td>
<td class="nowrap"><a href="/transfers?seller=${one.sellerId}">${one.sellerName}</a></td>
<td><a href="/transfers?order=${one.orderId}" title="${one.orderId}" class="mono nowrap">…${one.orderId.slice(-12)}</a></td>
<td class="nowrap">${triesOf(one)}</td><td class="nowrap">${nextTry(one)}</td><td>${lastFault(one)}</td><td class="nowrap">${moment(one.createdAt)}</td></tr>`,
  )}</tbody></table>`;
}
