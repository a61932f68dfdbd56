import type { OperatorSession } from '../../db/core/operators.ts';
import { html, type Markup, render } from '../../shared/html.ts';
import { version } from '../../shared/version.ts';
import { type Section, sections } from './page.ts';

export interface Frame {
  title: string;
  section: Section | null;
  operator: OperatorSession;
  /** What has just been done; null if nothing was. */
  said: { text: string; isProblem: boolean } | null;
  /** The page's own address, for its live parts; null if it has none. */
  livePath: string | null;
  outboxUrl: string | null;
}

const pathOf: Record<Section, string> = {
  Overview: '/',
  Jobs: '/jobs',
  Failures: '/failures',
  Queues: '/queues',
  Schedules: '/schedules',
  Transfers: '/transfers',
  Verifications: '/verifications',
  Outbox: '/outbox',
  Audit: '/audit',
  Operators: '/operators',
};

/** A whole page: navigation, what has just been done, the page's own body. */
export function frame({ title, section, operator, said, livePath, outboxUrl }: Frame, body: Markup): string {
  const shown = sections.filter(
    name => (name !== 'Operators' || operator.role === 'admin') && (name !== 'Outbox' || outboxUrl !== null),
  );
  return document(
    title,
    html`<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <a class="brand" href="/">millrace</a>
  <nav aria-label="Sections"><ul>${shown.map(
    name => html`<li><a href="${pathOf[name]}"${name === section && html` aria-current="page"`}>${name}</a></li>`,
  )}</ul></nav>
  <div class="who">
    <a href="/account" title="${operator.email}">${operator.name}</a> <span class="quiet">${operator.role}</span>
    <button type="button" class="plain" id="theme" aria-label="Switch between light and dark">◐</button>
    <form method="post" action="/logout">${csrfField(operator)}<button class="plain">Sign out</button></form>
  </div>
</header>
<p class="said${said?.isProblem ? html` problem` : ''}" role="status" id="said">${said?.text}</p>
<main id="main"${livePath !== null && html` data-live="${livePath}"`}>${body}</main>
<footer class="quiet">millrace ${version} <span id="connection" role="status"></span></footer>`,
  );
}

/** A page for somebody who is not signed in. */
export function loginPage(problem: string | null, next: string): string {
  return document(
    'Sign in',
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

function document(title: string, body: Markup): string {
  return render(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · millrace</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/uPlot.min.css">
<link rel="stylesheet" href="/assets/console.css">
<script src="/assets/theme.js"></script>
<script type="module" src="/assets/console.js"></script>
</head>
<body>${body}</body>
</html>`);
}
