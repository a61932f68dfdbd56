import { html, type Markup, render } from '../../../shared/html.ts';

const tabs = {
  mail: { path: '/', name: 'Mail', search: 'Search mail' },
  texts: { path: '/texts', name: 'Texts', search: 'Search texts' },
} as const;

/** A page around its main part. `query` is what was searched for, '' if nothing was. */
export function renderLayout(
  { title, tab, query }: { title: string; tab: keyof typeof tabs; query: string },
  main: Markup,
): string {
  const { path, search } = tabs[tab];
  const links = Object.entries(tabs).map(
    ([name, to]) => html`<a href="${to.path}"${name === tab && html` aria-current="page"`}>${to.name}</a>`,
  );
  return render(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="/outbox.css">
</head>
<body>
<header class="top">
<a class="brand" href="/">millrace <span>outbox</span></a>
<nav class="tabs" aria-label="Channels">${links}</nav>
<form action="${path}" role="search"><input type="search" name="q" value="${query}" placeholder="${search}" aria-label="${search}" maxlength="200"></form>
</header>
${main}
</body>
</html>`);
}

/** A page that says one thing, and leads on. */
export function renderEnd(words: string, back: { path: string; name: string }): string {
  return renderLayout(
    { title: 'Not found', tab: back.path === '/' ? 'mail' : 'texts', query: '' },
    html`<main id="main"><h1>Not found</h1><p class="empty">${words} <a href="${back.path}">${back.name}</a></p></main>`,
  );
}

/** To the pages before and after; `page` counts from 1. */
export function renderPager(
  path: string,
  { query, page, pages }: { query: string; page: number; pages: number },
): Markup | false {
  const linkTo = (to: number) =>
    `${path}?${new URLSearchParams({ ...(query === '' ? {} : { q: query }), page: String(to) }).toString()}`;
  return (
    pages > 1 &&
    html`<nav class="pages" aria-label="Pages">
  ${page > 1 ? html`<a rel="prev" href="${linkTo(page - 1)}">← Newer</a>` : html`<span></span>`}
  <span>Page ${page} of ${pages}</span>
  ${page < pages ? html`<a rel="next" href="${linkTo(page + 1)}">Older →</a>` : html`<span></span>`}
</nav>`
  );
}

export function renderTime(iso: string): Markup {
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}
