import type { OperatorSession } from '../../db/core/operators.ts';
import { html, type Markup, render } from '../../shared/html.ts';
import { version } from '../../shared/version.ts';
import { assetPath } from './assets.ts';
import { type Section, sections } from './page.ts';
import { count } from './words.ts';

export interface Frame {
  title: string;
  section: Section | null;
  operator: OperatorSession;
  /** What has just been done; null if nothing was. */
  said: string | null;
  /** The page's own address, for its live parts; null if it has none. */
  livePath: string | null;
  outboxUrl: string | null;
  /** How much is wrong. */
  troubles: number;
}

/** Where a section begins, and the key that leads there after `g`. */
const places: Record<Section, { path: string; key: string }> = {
  Overview: { path: '/', key: 'o' },
  Jobs: { path: '/jobs', key: 'j' },
  Failures: { path: '/failures', key: 'f' },
  Queues: { path: '/queues', key: 'q' },
  Schedules: { path: '/schedules', key: 's' },
  Transfers: { path: '/transfers', key: 't' },
  Verifications: { path: '/verifications', key: 'v' },
  Outbox: { path: '/outbox', key: 'm' },
  Audit: { path: '/audit', key: 'a' },
  Operators: { path: '/operators', key: 'p' },
};

/** A whole page: navigation, what has just been done, the page's own body. */
export function frame({ title, section, operator, said, livePath, outboxUrl, troubles }: Frame, body: Markup): string {
  const shown = sections.filter(
    name => (name !== 'Operators' || operator.role === 'admin') && (name !== 'Outbox' || outboxUrl !== null),
  );
  const parts = frameParts(title, () => troubles);
  return document(
    parts.title(),
    html`<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <a class="brand" href="/">millrace</a>
  <nav aria-label="Sections"><ul>${shown.map(
    name =>
      html`<li><a href="${places[name].path}" data-key="${places[name].key}"${name === section && html` aria-current="page"`}>${name}${name === 'Overview' && html` <span id="troubles-badge" class="troubles-badge">${parts['troubles-badge']()}</span>`}</a></li>`,
  )}</ul></nav>
  <div class="who">
    <a href="/account" title="${operator.email}">${operator.name}</a> <span class="quiet">${operator.role}</span>
    <button type="button" class="plain" id="theme" aria-label="Switch between light and dark" hidden>◐</button>
    <button type="button" class="plain" id="help" aria-label="Keys" aria-keyshortcuts="?" hidden>?</button>
    <form method="post" action="/logout">${csrfField(operator)}<button class="plain">Sign out</button></form>
  </div>
</header>
<p class="said" role="status" id="said">${said}</p>
<p id="connection" role="status"></p>
<main id="main" tabindex="-1"${livePath !== null && html` data-live="${livePath}"`}>${body}</main>
<footer class="quiet">millrace ${version} <span id="live"></span></footer>
${keysDialog(shown)}`,
  );
}

/** What the frame shows of the whole system, by the id of its element. */
export function frameParts(title: string, troubles: () => number) {
  return {
    title: () => html`${troubles() > 0 && `(${troubles()}) `}${title} · millrace`,
    'troubles-badge': () =>
      troubles() === 0
        ? html``
        : html`${count(troubles())}<span class="hidden"> ${troubles() === 1 ? 'thing needs' : 'things need'} somebody</span>`,
  } satisfies Record<string, () => Markup>;
}

function keysDialog(shown: readonly Section[]): Markup {
  const keys = (...names: string[]) => names.map((name, index) => html`${index > 0 && ' '}<kbd>${name}</kbd>`);
  return html`<dialog id="keys" aria-labelledby="keys-title"><form method="dialog">
<h2 id="keys-title">Keys</h2>
<dl class="facts"><dt>${keys('/')}</dt><dd>Search on this page, else among the jobs</dd><dt>${keys('?')}</dt><dd>This help</dd>
${shown.map(name => html`<dt>${keys('g', places[name].key)}</dt><dd>${name}</dd>`)}</dl>
<p><label class="confirm"><input type="checkbox" id="keys-on"> Single keys act</label></p>
<button>Close</button></form></dialog>`;
}

/** A page for somebody who is not signed in. */
export function loginPage(problem: string | null, next: string): string {
  return document(
    html`Sign in · millrace`,
    html`<main id="main" class="login">
<h1>millrace</h1>
<form method="post" action="/login" class="card">
  <input type="hidden" name="next" value="${next}">
  <label>E-mail <input name="email" type="email" autocomplete="username" required autofocus maxlength="254"></label>
  <label>Password <input name="password" type="password" autocomplete="current-password" required maxlength="1000"></label>
  ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
  <button>Sign in</button>
</form>
</main>`,
  );
}

/** Of every form that changes something. */
export function csrfField({ csrf }: Pick<OperatorSession, 'csrf'>): Markup {
  return html`<input type="hidden" name="csrf" value="${csrf}">`;
}

function document(title: Markup, body: Markup): string {
  return render(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title id="title">${title}</title>
<link rel="icon" href="${assetPath('icon.svg')}">
<link rel="stylesheet" href="${assetPath('uPlot.min.css')}">
<link rel="stylesheet" href="${assetPath('console.css')}">
<script src="${assetPath('theme.js')}"></script>
<script type="module" src="${assetPath('console.js')}"></script>
</head>
<body>${body}</body>
</html>`);
}
