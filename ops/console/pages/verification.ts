import type { Context } from 'koa';
import { z } from 'zod';
import { listOperators } from '../../../db/core/operators.ts';
import { listVerificationEvents, type VerificationEvent } from '../../../db/workforce/verification-events.ts';
import type { VerificationCase } from '../../../db/workforce/verification-search.ts';
import { findVerificationJob } from '../../../db/workforce/verifications.ts';
import { contentDisposition } from '../../../shared/content-disposition.ts';
import { Fault } from '../../../shared/fault.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { isUuid } from '../../../shared/uuid.ts';
import { verificationStatusesBefore } from '../../../shared/verification-state.ts';
import { openDocument, reviewVerification, showVerification } from '../../actions/verifications.ts';
import { csrfField } from '../layout.ts';
import { type Action, defineAction, definePage, type Page, type PageRequest, type Resource } from '../page.ts';
import { reason } from '../reason.ts';
import { mayActAs } from '../session.ts';
import { moment } from '../words.ts';
import { renderChecks, renderDocument, shownInline } from './verification-document.ts';
import { verificationBadge, verificationName } from './verifications.ts';

const verification = definePage({
  path: '/verifications/:id',
  section: 'Verifications',
  async render({ console, operator, params }) {
    const row = await showVerification(console.db, idOf(params));
    const { id, tenantId } = row;
    const [events, jobId, operators, stored] = await Promise.all([
      listVerificationEvents(console.db, { tenantId, id }),
      findVerificationJob(console.db, { tenantId, id }),
      listOperators(console.db),
      console.ports.files.stat(row.storageKey).then(
        file => (file ? 'there' : 'gone'),
        () => 'unreachable' as const,
      ),
    ]);
    const nameOf = (actor: string) =>
      operators.find(one => actor === `operator/${one.id}`)?.email ?? (actor === 'worker' ? 'a worker' : actor);
    const mayAct = mayActAs(operator.role, 'operator');
    return {
      title: `Verification ${id}`,
      body: html`<p><a href="/verifications">← Review queue</a></p>
<h1>Verification of ${articles[row.type]} ${verificationBadge(row.status)}</h1>
<div class="columns">
<section aria-label="Document"><h2>The document</h2>${mayAct ? renderDocument(row, stored) : html`<p class="empty card">People’s documents are shown to operators, not to viewers.</p>`}</section>
<div><section aria-label="Checks"><h2>Its checks</h2>${renderChecks(row.checks, { evidence: mayAct })}</section>
${renderDecision(row, operator, mayAct)}</div>
</div>
<section aria-label="Facts"><h2>What it is about</h2>${renderFacts(row, jobId, mayAct)}</section>
<section aria-label="History"><h2>History</h2><div class="wide">${renderHistory(events, nameOf)}</div></section>`,
    };
  },
});

const articles = { attire: 'attire', government_id: 'a government id', certification: 'a certification' } as const;

function idOf({ id = '' }: Record<string, string>): string {
  if (!isUuid(id)) throw new Fault('not_found', 'There is no such verification.');
  return id;
}

function renderFacts(row: VerificationCase, jobId: string | null, mayAct: boolean): Markup {
  const rules = JSON.stringify(row.rules, null, 2);
  const metadata = JSON.stringify(row.metadata, null, 2);
  return html`<dl class="facts">
<dt>Verification</dt><dd><code>${row.id}</code></dd>
<dt>Tenant</dt><dd><a href="/verifications?status=any&tenant=${row.tenantId}">${row.tenantName}</a></dd>
<dt>Subject</dt><dd>${row.subjectType} <code>${row.subjectId}</code></dd>
${mayAct && html`<dt>Holder, by their profile</dt><dd>${row.holderName ?? 'not known'}${row.holderBornOn !== null && `, born ${row.holderBornOn}`}</dd>`}
<dt>Asked by</dt><dd><code>user/${row.userId}</code>, ${moment(row.createdAt)}</dd>
<dt>Changed</dt><dd>${moment(row.updatedAt)}</dd>
<dt>Job</dt><dd>${jobId === null ? 'none is live' : html`<a href="/jobs/${jobId}"><code>${jobId}</code></a>`}</dd>
${rules !== '{}' && html`<dt>Rules</dt><dd><pre tabindex="0">${rules}</pre></dd>`}
${mayAct && metadata !== '{}' && html`<dt>Metadata, in the asker’s words</dt><dd><pre tabindex="0">${metadata}</pre></dd>`}
</dl>`;
}

function renderDecision(
  { id, status, review }: VerificationCase,
  operator: PageRequest['operator'],
  mayAct: boolean,
): Markup {
  if (review)
    return html`<p class="card"><b>${verificationName(review.decision)}</b> by a person${review.note !== null && html`: “${review.note}”`}</p>`;
  if (!verificationStatusesBefore('APPROVED').includes(status))
    return html`<p class="card">A worker is still looking at it, or is about to: it can be decided when that has ended.</p>`;
  if (!mayAct) return html`<p class="quiet">Deciding takes the role “operator”.</p>`;
  return html`<section class="card" aria-label="Decision"><h2>Decide, for good</h2>
<form method="post" action="/verifications/${id}/review">${csrfField(operator)}
<label>Reason <textarea name="reason" required maxlength="500" rows="3" placeholder="Who sent it in reads this too"></textarea></label>
<p class="buttons"><button name="decision" value="APPROVED" data-confirm="Approve it, for good?">Approve</button>
<button name="decision" value="REJECTED" class="danger" data-confirm="Reject it, for good?">Reject</button></p></form></section>`;
}

function renderHistory(events: readonly VerificationEvent[], nameOf: (actor: string) => string): Markup {
  return html`<table><thead><tr><th scope="col">#</th><th scope="col">When</th><th scope="col">Became</th><th scope="col">By</th><th scope="col">Why</th></tr></thead>
<tbody>${events.map(({ seq, at, toStatus, actor, reason: why, details }) => {
    const said = details?.['note'] ?? details?.['message'];
    return html`<tr><th scope="row">${seq}</th><td class="nowrap">${moment(at)}</td><td>${verificationBadge(toStatus)}</td><td class="nowrap">${nameOf(actor)}</td>
<td class="says">${why !== null && html`<code>${why}</code> `}${typeof said === 'string' && said}</td></tr>`;
  })}</tbody></table>`;
}

/** Runs nothing, loads nothing, and is shown by our own pages only. */
const documentPolicy = "default-src 'none'; sandbox; frame-ancestors 'self'";

/** The stored file itself: never by an address that anybody could follow, and never without a trace of who looked. */
const document: Resource = {
  path: '/verifications/:id/document',
  role: 'operator',
  async answer(ctx: Context, { console, operator, params, query, signal }) {
    const row = await openDocument(console.db, idOf(params), { actor: operator.email });
    const { contentType, filename, storageKey } = row;
    const file = await console.ports.files.read(storageKey, undefined, signal);
    if (!file) throw new Fault('not_found', 'The file is not in the store any more.');
    const isSaved = (query as { save?: unknown }).save !== undefined || !shownInline(contentType);
    ctx.set({
      'content-security-policy': documentPolicy,
      'x-frame-options': 'SAMEORIGIN',
      'cross-origin-resource-policy': 'same-origin',
      'content-disposition': contentDisposition(isSaved ? 'attachment' : 'inline', filename),
    });
    ctx.type = contentType;
    ctx.length = file.sizeBytes;
    ctx.body = file.stream;
  },
};

const review = defineAction({
  path: '/verifications/:id/review',
  form: z.object({
    decision: z.enum(['APPROVED', 'REJECTED']),
    reason,
  }),
  async run({ console, operator, params, form }) {
    const id = idOf(params);
    const { decision } = form;
    await reviewVerification(
      console,
      { id, decision, operatorId: operator.id },
      { actor: operator.email, reason: form.reason },
    );
    return { location: '/verifications', message: `It is ${decision.toLowerCase()}.` };
  },
});

export const verificationPages: readonly Page[] = [verification];
export const verificationActions: readonly Action[] = [review];
export const verificationResources: readonly Resource[] = [document];
