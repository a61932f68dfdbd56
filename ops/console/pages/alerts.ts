import { z } from 'zod';
import type { ListedAlert } from '../../../db/core/alerts.ts';
import type { OperatorSession } from '../../../db/core/operators.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { closeAlert, findAlerts } from '../../actions/alerts.ts';
import { csrfField } from '../layout.ts';
import { addressOf, optionalField } from '../optional-field.ts';
import { type Action, defineAction, definePage, type Page } from '../page.ts';
import { reason, reasonField } from '../reason.ts';
import { mayActAs } from '../session.ts';
import { ago, count, moment } from '../words.ts';
import { alertPlace } from './alert-place.ts';
import { renderDetails } from './audit.ts';

const alertsQuery = z.object({ openBefore: optionalField(z.uuid()), closedBefore: optionalField(z.uuid()) });

const list = definePage({
  path: '/alerts',
  section: 'Audit',
  query: alertsQuery,
  async render({ console, operator, query }) {
    const { openBefore, closedBefore } = query;
    const [open, closed] = await Promise.all([
      findAlerts(console, { state: 'open', beforeId: openBefore ?? null, limit: 25 }),
      findAlerts(console, { state: 'closed', beforeId: closedBefore ?? null, limit: 25 }),
    ]);
    const closable = mayActAs(operator.role, 'operator');
    return {
      title: 'Alerts',
      body: html`<h1>Alerts</h1>
<p class="quiet">What a person must look at. Close one once it is settled: if it is raised again, it opens anew.</p>
<section aria-label="Open"><h2>Open</h2>${
        open.alerts.length === 0
          ? html`<p class="card empty">Nothing needs a person.</p>`
          : open.alerts.map(alert => renderOpen(alert, closable ? operator : null))
      }${pagesOf(query, 'openBefore', open.nextBeforeId)}</section>
<section aria-label="Closed"><h2>Closed</h2><div class="wide">${renderClosed(closed.alerts)}</div>${pagesOf(query, 'closedBefore', closed.nextBeforeId)}</section>`,
    };
  },
});

function pagesOf(query: z.output<typeof alertsQuery>, name: keyof typeof query, nextBeforeId: string | null): Markup {
  const address = (before: string | undefined) => addressOf('/alerts', { ...query, [name]: before });
  return html`<p class="pages">${query[name] && html`<a href="${address(undefined)}">← Newest</a>`} ${nextBeforeId !== null && html`<a href="${address(nextBeforeId)}">Older →</a>`}</p>`;
}

function renderOpen(alert: ListedAlert, closer: OperatorSession | null): Markup {
  const { id, kind, count: times, raisedAt, lastRaisedAt, details } = alert;
  return html`<article class="card alert" aria-labelledby="alert-${id}"><h3 id="alert-${id}">${kind.replaceAll('_', ' ')}</h3>
<dl class="facts"><dt>About</dt><dd>${renderSubject(alert)}</dd>
<dt>Raised</dt><dd>${moment(raisedAt)} <span class="quiet">${ago(raisedAt)}</span></dd>
${times > 1 && html`<dt>Again</dt><dd>${count(times)} times, last ${moment(lastRaisedAt)} <span class="quiet">${ago(lastRaisedAt)}</span></dd>`}
<dt>Details</dt><dd>${renderDetails(details)}</dd></dl>
${
  closer &&
  html`<form method="post" action="/alerts/${id}/close" class="inline">${csrfField(closer)}${reasonField}<button aria-label="Close ${kind} about ${alert.subject}">Close</button></form>`
}</article>`;
}

function renderSubject({ kind, subject, details }: ListedAlert): Markup {
  const place = alertPlace(kind, subject, details);
  return place === null ? html`${subject}` : html`<a href="${place}">${subject}</a>`;
}

function renderClosed(alerts: readonly ListedAlert[]): Markup {
  if (alerts.length === 0) return html`<p class="empty">None was closed yet.</p>`;
  return html`<table><thead><tr><th scope="col">Alert</th><th scope="col">About</th><th scope="col">Times</th><th scope="col">Raised</th><th scope="col">Closed</th><th scope="col">By</th><th scope="col">Why</th><th scope="col">Details</th></tr></thead>
<tbody>${alerts.map(
    alert => html`<tr><th scope="row">${alert.kind.replaceAll('_', ' ')}</th><td>${renderSubject(alert)}</td><td>${count(alert.count)}</td><td class="nowrap">${moment(alert.raisedAt)}</td>
<td class="nowrap">${moment(alert.resolvedAt)}</td><td>${alert.closedBy ?? '–'}</td><td class="why">${alert.closeReason ?? '–'}</td><td>${renderDetails(alert.details)}</td></tr>`,
  )}</tbody></table>`;
}

const close = defineAction({
  path: '/alerts/:id/close',
  form: z.object({ reason }),
  async run({ console, operator, params, form }) {
    const { kind, subject } = await closeAlert(
      console,
      { id: params['id'] as string },
      { actor: operator.email, reason: form.reason },
    );
    return { location: '/alerts', message: `The alert "${kind}" about ${subject} is closed.` };
  },
});

export const alertsPages: readonly Page[] = [list];
export const alertsActions: readonly Action[] = [close];
