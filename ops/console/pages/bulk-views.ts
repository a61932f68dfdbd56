import type { BulkActionRow, BulkFilter } from '../../../db/core/bulk-actions.ts';
import type { OperatorSession } from '../../../db/core/operators.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { maxCountedJobs } from '../../actions/bulk.ts';
import { csrfField } from '../layout.ts';
import { mayActAs } from '../session.ts';
import { badge, count, moment } from '../words.ts';

const stateBadges: Record<BulkActionRow['state'], Markup> = {
  proposed: badge('warn', 'waits for approval'),
  running: badge('busy', 'running'),
  done: badge('good', 'done'),
  stopped: badge('idle', 'stopped'),
};

/** `a`, or what was read of it since: whichever is further. The console's look may be a second older than the page. */
export function furtherOf(a: BulkActionRow, b: BulkActionRow | undefined): BulkActionRow {
  const place = ({ state, done, skipped, failed }: BulkActionRow) =>
    (state === 'proposed' ? 0 : state === 'running' ? 1e9 : 2e9) + done + skipped + failed;
  return b && place(b) > place(a) ? b : a;
}

export function renderFilter({ kind, code, from, to, owner, tenant, ids }: BulkFilter): Markup {
  const facts = [
    code === undefined ? null : html`fault <strong>${code}</strong>`,
    from === undefined ? null : html`made from ${moment(from)}`,
    to === undefined ? null : html`made before ${moment(to)}`,
    owner === undefined ? null : html`owner ${owner}`,
    tenant === undefined ? null : html`tenant ${tenant}`,
    ids === undefined ? null : html`${count(ids.length)} chosen`,
  ];
  return html`<strong>${kind}</strong>${facts.map(fact => fact && html`, ${fact}`)}`;
}

/** `120`, or `at least 100,000`. */
export function renderTotal(total: number): string {
  return total >= maxCountedJobs ? `at least ${count(total)}` : count(total);
}

function renderProgress({ total, done, skipped, failed }: BulkActionRow): Markup {
  const gone = done + skipped + failed;
  const others = [skipped > 0 && `${count(skipped)} skipped`, failed > 0 && `${count(failed)} not possible`].filter(
    Boolean,
  );
  return html`<progress max="${Math.max(total, gone)}" value="${gone}" aria-label="${count(gone)} of ${renderTotal(total)}"></progress>
${count(done)} of ${renderTotal(total)} redriven${others.length > 0 && `, ${others.join(', ')}`}`;
}

/** One action in a line, with the way to its page. */
export function renderBulkLine(bulk: BulkActionRow): Markup {
  return html`${stateBadges[bulk.state]} <a href="/bulk/${bulk.id}">Redrive</a> by ${bulk.createdBy}: ${renderProgress(bulk)}`;
}

export function renderBulkTable(bulks: readonly BulkActionRow[]): Markup {
  if (bulks.length === 0)
    return html`<p class="empty">Nothing was done to many jobs yet. Begin at a group of failures.</p>`;
  return html`<table>
<thead><tr><th scope="col">Proposed</th><th scope="col">Redrive of</th><th scope="col">State</th><th scope="col">Progress</th><th scope="col">By</th><th scope="col">Approved by</th><th scope="col">Why</th></tr></thead>
<tbody>${bulks.map(
    bulk => html`<tr><th scope="row" class="nowrap"><a href="/bulk/${bulk.id}">${moment(bulk.createdAt)}</a></th><td>${renderFilter(bulk.filter)}</td><td>${stateBadges[bulk.state]}</td>
<td>${renderProgress(bulk)}</td><td>${bulk.createdBy}</td><td>${bulk.movesMoney ? (bulk.approvedBy ?? '–') : html`<span class="quiet">not needed</span>`}</td><td class="says">${bulk.reason}</td></tr>`,
  )}</tbody></table>`;
}

/** One action, and what this operator may do with it. */
export function renderBulk(bulk: BulkActionRow, operator: OperatorSession): Markup {
  const { id, filter, state, movesMoney, createdBy, createdAt, approvedBy, startedAt, endedAt, stoppedBy } = bulk;
  return html`<p>${stateBadges[state]} ${renderProgress(bulk)}</p>
${bulk.lastError !== null && html`<p class="problem" role="alert">The last one that was not possible: ${bulk.lastError}</p>`}
<dl class="facts"><dt>Redrive of</dt><dd>${renderFilter(filter)}</dd><dt>Why</dt><dd>${bulk.reason}</dd>
<dt>Proposed</dt><dd>${createdBy}, ${moment(createdAt)}</dd>
${movesMoney && html`<dt>Approved</dt><dd>${approvedBy ?? 'by nobody yet'}</dd>`}${startedAt && html`<dt>Begun</dt><dd>${moment(startedAt)}</dd>`}
${endedAt && html`<dt>Ended</dt><dd>${moment(endedAt)}${stoppedBy !== null && html`, stopped by ${stoppedBy}`}</dd>`}</dl>
${renderVerbs({ id, state, createdBy }, operator)}`;
}

function renderVerbs(
  { id, state, createdBy }: Pick<BulkActionRow, 'id' | 'state' | 'createdBy'>,
  operator: OperatorSession,
): Markup | false {
  if ((state !== 'proposed' && state !== 'running') || !mayActAs(operator.role, 'operator')) return false;
  const form = (verb: 'approve' | 'stop', button: Markup) =>
    html`<form class="inline" method="post" action="/bulk/${id}/${verb}">${csrfField(operator)}${button}</form>`;
  const approval =
    createdBy === operator.email
      ? html`<p>This kind moves money: somebody other than you must approve it here.</p>`
      : form(
          'approve',
          html`<button data-confirm="Approve that these jobs are done again? Money may move.">Approve</button>`,
        );
  const word = state === 'proposed' ? 'Withdraw' : 'Stop';
  const stop = form(
    'stop',
    html`<button class="danger" data-confirm="${word} it? What is done stays done.">${word}</button>`,
  );
  return html`<div class="verbs">${state === 'proposed' && approval}${stop}</div>`;
}
