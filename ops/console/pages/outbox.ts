import { Fault } from '../../../shared/fault.ts';
import { html, type Markup } from '../../../shared/html.ts';
import { definePage, type Page } from '../page.ts';
import { type Kept, type OutboxMail, type OutboxText, readMails, readTexts } from '../read-outbox.ts';
import { ago, badge, count, moment } from '../words.ts';

const maxShown = 50;

/** What the system sent, where nothing is really sent. */
const outbox = definePage({
  path: '/outbox',
  section: 'Outbox',
  async render({ console: { outboxUrl } }) {
    if (outboxUrl === null)
      throw new Fault('not_found', 'There is no outbox here: mail and messages go to real providers.');
    const [mails, texts] = await Promise.all([readMails(outboxUrl, maxShown), readTexts(outboxUrl, maxShown)]);
    const base = outboxUrl.replace(/\/*$/, '');
    return {
      title: 'Outbox',
      body: html`<h1>Outbox</h1>
<p>What the system sent, kept by the sandbox: none of it reached anybody. <a href="${base}/">The outbox itself</a> shows all of it, whole.</p>
<section aria-label="Mails"><h2>Mails</h2><div class="wide">${renderKept(mails, 'No mail was sent yet.', rows => renderMails(rows, base))}</div></section>
<section aria-label="Texts"><h2>SMS and WhatsApp</h2><div class="wide">${renderKept(texts, 'No SMS and no WhatsApp message was sent yet.', rows => renderTexts(rows, base))}</div></section>`,
    };
  },
});

function renderKept<Row>(kept: Kept<Row>, none: string, table: (rows: readonly Row[]) => Markup): Markup {
  if ('problem' in kept)
    return html`<p class="problem" role="alert"><b>The outbox is not reachable</b> from here: ${kept.problem}</p>`;
  return kept.rows.length === 0 ? html`<p class="empty">${none}</p>` : table(kept.rows);
}

function renderMails(mails: readonly OutboxMail[], base: string): Markup {
  return html`<table><thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">Begins</th><th scope="col">Files</th><th scope="col">Sent</th></tr></thead>
<tbody>${mails.map(
    ({
      id,
      subject,
      to,
      text,
      attachments,
      receivedAt,
      deliveries,
    }) => html`<tr><th scope="row"><a href="${base}/mails/${id}">${subject || '(no subject)'}</a></th>
<td>${to.join(', ')}</td><td class="quiet says">${beginning(text)}</td><td>${attachments.length === 0 ? '–' : count(attachments.length)}</td>
<td class="nowrap" title="${ago(receivedAt)}">${moment(receivedAt)}${deliveries > 1 && html` ${badge('warn', `${deliveries} times`)}`}</td></tr>`,
  )}</tbody></table>`;
}

function renderTexts(texts: readonly OutboxText[], base: string): Markup {
  return html`<table><thead><tr><th scope="col">To</th><th scope="col">By</th><th scope="col">Says</th><th scope="col">Status</th><th scope="col">Sent</th></tr></thead>
<tbody>${texts.map(({ sid, to, body, status, errorCode, createdAt }) => {
    const isBad = /fail|undelivered/.test(status);
    const tone = status === 'delivered' || status === 'read' ? 'good' : isBad ? 'bad' : 'busy';
    return html`<tr><th scope="row"><a href="${base}/texts/${encodeURIComponent(sid)}">${to.replace(/^whatsapp:/, '')}</a></th>
<td>${to.startsWith('whatsapp:') ? 'WhatsApp' : 'SMS'}</td><td class="quiet says">${beginning(body)}</td>
<td>${badge(tone, status)}${errorCode !== null && ` error ${errorCode}`}</td><td class="nowrap">${moment(new Date(createdAt))}</td></tr>`;
  })}</tbody></table>`;
}

function beginning(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120).toWellFormed()} …` : line;
}

export const outboxPages: readonly Page[] = [outbox];
