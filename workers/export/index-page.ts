import { html, type Markup, render } from '../../shared/html.ts';
import { minorDigitsOf } from '../../shared/money.ts';
import { type ExportInventory, exportNote } from './manifest.ts';

/** How much of an export its page shows; all of it is in the files beside. */
const maxLinks = 1_000;
const maxTextLength = 300;
const maxItems = 20;
/** Of each collection. */
export const sampleRows = 25;

// Without a quote or an angle bracket, so that escaping leaves it as it is.
const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .25rem; }
  p, li { max-width: 45rem; } .quiet { opacity: .7; }
  .rows { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; }
  th, td { border-bottom: 1px solid #8884; padding: .35rem 1rem .35rem 0; text-align: left; vertical-align: top; }
  th { white-space: nowrap; font-weight: 600; } td { max-width: 24rem; overflow-wrap: break-word; }
  dl { display: grid; grid-template-columns: max-content auto; gap: 0 .6rem; margin: 0 0 .5rem; min-width: 14rem; }
  dt { opacity: .7; } dd { margin: 0; } .id { font-size: .8em; opacity: .7; white-space: nowrap; }
`;

/** The page that a person opens first. Static; every value is escaped, and the page's own policy lets nothing load or run. */
export function indexPage(inventory: ExportInventory): string {
  const { exportId, createdAt, collections, files, missing } = inventory;
  const stored = files.filter(({ path }) => path.includes('/'));
  return render(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<title>Your data</title>
<style>${style}</style>
</head>
<body>
<h1>Your data</h1>
<p>Requested on ${createdAt.toUTCString()}. Export <span class="id">${exportId}</span>.</p>
<p class="quiet">${exportNote}</p>
<p>Each part below is a file in JSON Lines: one row, one line. <a href="manifest.json">manifest.json</a> lists every file with its size and SHA-256.</p>
${collections.map(collectionSection)}
<h2>Stored files</h2>
${stored.length === 0 ? html`<p class="quiet">None.</p>` : html`<ul>${stored.slice(0, maxLinks).map(fileItem)}</ul>`}
${stored.length > maxLinks && html`<p>And ${stored.length - maxLinks} more: see manifest.json.</p>`}
${missing.length > 0 && html`<p>Not there any more when this export was made: ${missing.length}; manifest.json names them.</p>`}
</body>
</html>
`);
}

function collectionSection({ name, path, rows, sample }: ExportInventory['collections'][number]): Markup {
  const shown = rows > sample.length ? `, the first ${sample.length} here` : '';
  const head = html`<h2>${titleOf(name)}</h2>
<p>${link(path)}, ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}${shown}</p>`;
  const [first] = sample;
  if (!first) return head;
  // A column that is empty throughout says nothing; the file has it.
  const columns = Object.keys(first).filter(column => sample.some(row => !isEmpty(row[column])));
  return html`${head}
<div class="rows"><table>
<thead><tr>${columns.map(column => html`<th>${titleOf(column)}</th>`)}</tr></thead>
<tbody>
${sample.map(row => html`<tr>${columns.map(column => html`<td>${valueOf(column, row[column], row)}</td>`)}</tr>\n`)}
</tbody>
</table></div>`;
}

/** As a person reads it: money with its currency, moments without their microseconds, what is nested as a list of its own. */
function valueOf(name: string, value: unknown, row: Record<string, unknown>): Markup | string {
  if (isEmpty(value)) return '';
  if (Array.isArray(value)) {
    const more = value.length > maxItems ? html`<p class="quiet">And ${value.length - maxItems} more.</p>` : '';
    if (value.every(item => typeof item !== 'object')) return cut(value.slice(0, maxItems).join(', '));
    return html`${value.slice(0, maxItems).map(item => valueOf(name, item, row))}${more}`;
  }
  if (typeof value === 'object') {
    const facts = value as Record<string, unknown>;
    // What is nested is in its row's currency, unless it names one.
    const within = { currency: row['currency'], ...facts };
    const named = Object.entries(facts).filter(([, fact]) => !isEmpty(fact));
    return html`<dl>${named.map(([key, fact]) => html`<dt>${titleOf(key)}</dt><dd>${valueOf(key, fact, within)}</dd>`)}</dl>`;
  }
  if (typeof value === 'number' && name.endsWith('_cents')) return moneyOf(value, row['currency']);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text)) return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text)) return html`<span class="id">${text}</span>`;
  return cut(text);
}

function moneyOf(cents: number, currency: unknown): string {
  if (typeof currency !== 'string') return String(cents);
  const digits = minorDigitsOf(currency);
  return `${(cents / 10 ** digits).toFixed(digits)} ${currency}`;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** `total_cents` → "Total"; `created_at` → "Created at". */
function titleOf(name: string): string {
  const words = name.replace(/_cents$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function fileItem({ path, sizeBytes }: ExportInventory['files'][number]): Markup {
  return html`<li>${link(path)} <span class="quiet">${sizeBytes.toLocaleString('en')} bytes</span></li>\n`;
}

function link(path: string): Markup {
  return html`<a href="${path.split('/').map(encodeURIComponent).join('/')}">${path}</a>`;
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength).toWellFormed()}…` : text;
}
