import { html, type Markup } from '../../../shared/html.ts';
import { renderEnd, renderLayout, renderPager, renderTime } from './layout.ts';
import type { KeptMail } from './mailbox.ts';

/** The ways to look at one mail. */
export const views = ['html', 'text', 'source'] as const;
export type View = (typeof views)[number];

const viewTitles: Record<View, string> = { html: 'HTML', text: 'Text', source: 'Source' };

/** The list, newest first. `query` is what the list was searched for, '' if it wasn't; `page` counts from 1. */
export function renderList(
  mails: readonly KeptMail[],
  { query, page, pages, total }: { query: string; page: number; pages: number; total: number },
): string {
  return renderLayout(
    { title: 'Outbox', tab: 'mail', query },
    html`<main id="main">
<h1>${query === '' ? 'Mail' : html`Mail with “${query}”`} <span class="count">${total}</span></h1>
${
  total === 0
    ? html`<p class="empty">${query === '' ? 'No mail yet. What the system sends shows up here and goes no further.' : 'Nothing matches.'}</p>`
    : html`<ol class="mails">${mails.map(renderRow)}</ol>`
}
${renderPager('/', { query, page, pages })}
</main>`,
  );
}

/** One mail, seen one way; `text` is what the views of text and source show. */
export function renderMail(mail: KeptMail, view: View, text: string): string {
  return renderLayout(
    { title: mail.subject || '(no subject)', tab: 'mail', query: '' },
    html`<main id="main">
<p class="back"><a href="/">← All mail</a></p>
<article>
<header class="mail">
  <h1>${mail.subject || html`<em>(no subject)</em>`}</h1>
  <dl>
    <dt>From</dt><dd>${mail.from}</dd>
    <dt>To</dt><dd>${mail.to.join(', ')}</dd>
    <dt>Received</dt><dd>${renderTime(mail.receivedAt)} · ${formatSize(mail.sizeBytes)}${renderRepeats(mail)}</dd>
    <dt>Message-ID</dt><dd><code>${mail.messageId ?? 'none'}</code></dd>
  </dl>
  ${
    mail.attachments.length > 0 &&
    html`<ul class="attachments" aria-label="Attachments">${mail.attachments.map(
      ({ filename, contentType, sizeBytes }, index) =>
        html`<li><a href="/mails/${mail.id}/attachments/${index}" title="${contentType}">${filename}</a> <span class="quiet">${formatSize(sizeBytes)}</span></li>`,
    )}</ul>`
  }
</header>
<nav class="views" aria-label="Views">
  ${views
    .filter(name => name !== 'html' || mail.hasHtml)
    .map(name => {
      const current = name === view && html` aria-current="page"`;
      return html`<a href="/mails/${mail.id}?view=${name}"${current}>${viewTitles[name]}</a>`;
    })}
  <a class="download" href="/mails/${mail.id}/source" download>Download .eml</a>
</nav>
${renderBody(mail, view, text)}
</article>
</main>`,
  );
}

/** A page that says one thing: that there is nothing here. */
export function renderMissing(): string {
  return renderEnd('This mail isn’t here, or no longer.', { path: '/', name: 'All mail' });
}

function renderBody(mail: KeptMail, view: View, text: string): Markup {
  if (view !== 'html') return html`<pre class="sheet ${view}" tabindex="0">${text}</pre>`;
  // No scripts, no origin, no forms; links open elsewhere. The frame's own policy says the same again.
  return html`<iframe class="sheet" title="The mail" src="/mails/${mail.id}/body" sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"></iframe>`;
}

function renderRow(mail: KeptMail): Markup {
  const count = mail.attachments.length;
  return html`<li><a href="/mails/${mail.id}">
  <span class="to">${mail.to.join(', ')}</span>
  <span class="subject">${mail.subject || html`<em>(no subject)</em>`}</span>
  <span class="snippet">${mail.text.slice(0, 200).replace(/\s+/g, ' ')}</span>
  <span class="facts">${renderTime(mail.receivedAt)}${count > 0 && (count === 1 ? '1 file' : `${count} files`)}${renderRepeats(mail)}</span>
</a></li>`;
}

function renderRepeats({ deliveries }: KeptMail): Markup | false {
  return deliveries > 1 && html` <strong class="repeats">sent ${deliveries}×</strong>`;
}

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
