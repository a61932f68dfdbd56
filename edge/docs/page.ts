import { type ListedOperation, listOperations, type OpenApiDocument } from '../openapi/document.ts';
import { html, type Markup, prose, render } from '../../shared/html.ts';
import { methodBadge, renderOperation } from './operation.ts';

/** Where the pages find their own files; each address changes with its file. */
export interface PageAssets {
  stylesheet: string;
  script: string;
  icon: string;
}

/** A surface in the switch. */
export interface SurfaceLink {
  name: string;
  title: string;
  description: string;
  operations: number;
}

/** The page of one surface, from its OpenAPI document. */
export function renderSurfacePage(
  document: OpenApiDocument,
  {
    name,
    surfaces,
    assets,
    baseUrl,
  }: { name: string; surfaces: readonly SurfaceLink[]; assets: PageAssets; baseUrl: string },
): string {
  const operations = listOperations(document);
  const groups = document.tags.map(({ name: tag }) => ({
    tag,
    members: operations.filter(({ operation }) => operation.tags.includes(tag)),
  }));
  return renderLayout({
    title: document.info.title,
    current: name,
    surfaces,
    assets,
    main: html`<div class="reference">
<nav class="contents" aria-label="Operations">
  <input id="filter" type="search" placeholder="Filter  /" aria-label="Filter operations" autocomplete="off" spellcheck="false" hidden>
  <p id="nothing" role="status" hidden>Nothing matches.</p>
  ${groups.map(renderGroupLinks)}
</nav>
<main id="main">
  <header class="intro"><h1>${document.info.title}</h1><p class="lead">${prose(document.info.description)}</p>
  ${renderConventions(document, name, baseUrl)}</header>
  ${groups.map(
    ({ tag, members }) => html`<section class="group" aria-labelledby="tag-${tag}"><h2 id="tag-${tag}">${tag}</h2>
    ${members.map(member => renderOperation(document, member, baseUrl))}</section>`,
  )}
</main></div>`,
  });
}

/** The page that names every surface. */
export function renderIndexPage(surfaces: readonly SurfaceLink[], assets: PageAssets): string {
  return renderLayout({
    title: 'API',
    current: null,
    surfaces,
    assets,
    main: html`<main id="main" class="index"><h1>API</h1>
<ul class="cards">${surfaces.map(
      ({ name, title, description, operations }) => html`<li><h2><a href="/docs/${name}">${title}</a></h2>
  <p>${prose(description)}</p>
  <p class="quiet">${operations} operations · <a href="/openapi/${name}.json">OpenAPI 3.1</a></p></li>`,
    )}</ul></main>`,
  });
}

interface Layout {
  title: string;
  current: string | null;
  surfaces: readonly SurfaceLink[];
  assets: PageAssets;
  main: Markup;
}

function renderLayout({ title, current, surfaces, assets, main }: Layout): string {
  return render(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · millrace</title>
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.stylesheet}">
<script src="${assets.script}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><a class="brand" href="/docs">millrace</a>
<nav aria-label="Surfaces">${surfaces.map(
    ({ name, title: label }) =>
      html`<a href="/docs/${name}"${name === current && html` aria-current="page"`}>${label}</a>`,
  )}</nav>
${current !== null && html`<a class="json" href="/openapi/${current}.json">OpenAPI</a>`}</header>
${main}
</body>
</html>
`);
}

function renderGroupLinks({ tag, members }: { tag: string; members: readonly ListedOperation[] }): Markup {
  return html`<section><h2><a href="#tag-${tag}">${tag}</a></h2><ul>${members.map(
    ({ method, path, operation }) =>
      html`<li><a href="#${operation.operationId}" title="${method} ${path}"${
        operation.deprecated && html` class="old"`
      }>${methodBadge(method)} <span>${operation.summary}</span></a></li>`,
  )}</ul></section>`;
}

/** What holds for every operation, said once. */
function renderConventions(document: OpenApiDocument, name: string, baseUrl: string): Markup {
  const { bearer } = document.components.securitySchemes;
  const { RequestId } = document.components.parameters;
  return html`<dl class="conventions">
  <dt>Address</dt><dd><code>${baseUrl}</code></dd>
  ${bearer && html`<dt>Token</dt><dd><code>Authorization: Bearer …</code> ${prose(bearer.description)}</dd>`}
  ${RequestId && html`<dt><code>${RequestId.name}</code></dt><dd>${RequestId.description}</dd>`}
  <dt>Document</dt><dd><a href="/openapi/${name}.json">/openapi/${name}.json</a></dd>
</dl>`;
}
