import { html, type Markup } from '../../../shared/html.ts';
import { renderEnd, renderLayout, renderPager, renderTime } from './layout.ts';

/** An SMS or a WhatsApp message as its pages show it. Times are Unix milliseconds. */
export interface ShownText {
  sid: string;
  /** `+14155550100`, `whatsapp:+14155550100`. */
  from: string;
  to: string;
  body: string;
  status: string;
  errorCode: number | null;
  history: readonly { status: string; at: number }[];
  createdAt: number;
}

/** The list, newest first. `query` is what the list was searched for, '' if it wasn't; `page` counts from 1. */
export function renderTextList(
  texts: readonly ShownText[],
  { query, page, pages, total }: { query: string; page: number; pages: number; total: number },
): string {
  return renderLayout(
    { title: 'Outbox: texts', tab: 'texts', query },
    html`<main id="main">
<h1>${query === '' ? 'Texts' : html`Texts with “${query}”`} <span class="count">${total}</span></h1>
${
  total === 0
    ? html`<p class="empty">${query === '' ? 'No SMS and no WhatsApp message yet. What the system sends shows up here and goes no further.' : 'Nothing matches.'}</p>`
    : html`<ol class="mails">${texts.map(renderRow)}</ol>`
}
${renderPager('/texts', { query, page, pages })}
</main>`,
  );
}

/** One message: what it says, and what became of it. */
export function renderText(text: ShownText): string {
  const { sid, from, to, body, errorCode, history } = text;
  const title = `${channelOf(text)} to ${numberOf(to)}`;
  return renderLayout(
    { title, tab: 'texts', query: '' },
    html`<main id="main">
<p class="back"><a href="/texts">← All texts</a></p>
<article>
<header class="mail">
  <h1>${title} ${renderStatus(text)}</h1>
  <dl>
    <dt>Channel</dt><dd>${channelOf(text)}</dd>
    <dt>From</dt><dd>${numberOf(from)}</dd>
    <dt>To</dt><dd>${numberOf(to)}</dd>
    <dt>SID</dt><dd><code>${sid}</code></dd>
  </dl>
</header>
<div class="thread"><p class="bubble">${linked(body)}</p></div>
<section class="history" aria-label="History">
  <h2>History</h2>
  <ol>${history.map(
    ({ status, at }, index) =>
      html`<li><span class="step">${status}</span> ${renderTime(new Date(at).toISOString())}${index === history.length - 1 && errorCode !== null && html` <span class="quiet">· error ${errorCode}</span>`}</li>`,
  )}</ol>
</section>
</article>
</main>`,
  );
}

export function renderMissingText(): string {
  return renderEnd('This message isn’t here, or no longer.', { path: '/texts', name: 'All texts' });
}

function renderRow(text: ShownText): Markup {
  return html`<li><a href="/texts/${text.sid}">
  <span class="to">${numberOf(text.to)}</span>
  <span class="subject">${channelOf(text)} ${renderStatus(text)}</span>
  <span class="snippet">${text.body.slice(0, 200).replace(/\s+/g, ' ')}</span>
  <span class="facts">${renderTime(new Date(text.createdAt).toISOString())}</span>
</a></li>`;
}

function renderStatus({ status }: ShownText): Markup {
  const tone = status === 'delivered' || status === 'read' ? 'good' : /fail|undelivered/.test(status) ? 'bad' : 'open';
  return html`<strong class="status ${tone}">${status}</strong>`;
}

function channelOf({ to }: ShownText): 'WhatsApp' | 'SMS' {
  return to.startsWith('whatsapp:') ? 'WhatsApp' : 'SMS';
}

function numberOf(address: string): string {
  return address.replace(/^whatsapp:/, '');
}

/** A phone makes links of addresses; what ends a sentence is no part of one. */
function linked(body: string): Markup[] {
  return body
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/)
    .map((part, index) =>
      index % 2 === 1 ? html`<a href="${part}" target="_blank" rel="noreferrer noopener">${part}</a>` : html`${part}`,
    );
}
