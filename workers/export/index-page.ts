import { type ExportInventory, exportNote } from './manifest.ts';

/** How much of an export its page shows; all of it is in the files beside. */
const maxLinks = 1_000;
const maxTextLength = 300;
/** Of each collection. */
export const sampleRows = 25;

const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .25rem; }
  p, li { max-width: 45rem; } .quiet { opacity: .7; }
  .rows { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; }
  th, td { border-bottom: 1px solid #8884; padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; }
  th { white-space: nowrap; font-weight: 600; } td { max-width: 24rem; overflow-wrap: anywhere; }
`;

/** The page that a person opens first. Static; every value is escaped, and the page's own policy lets nothing load or run. */
export function indexPage(inventory: ExportInventory): string {
  const { exportId, createdAt, collections, files, missing } = inventory;
  const stored = files.filter(({ path }) => path.includes('/'));
  return `<!doctype html>
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
<p>Requested on ${escape(createdAt.toUTCString())}. Export ${escape(exportId)}.</p>
<p class="quiet">${escape(exportNote)}</p>
<p>Each part below is a file in JSON Lines: one row, one line. <a href="manifest.json">manifest.json</a> lists every file with its size and SHA-256.</p>
${collections.map(collectionSection).join('\n')}
<h2>Stored files</h2>
${stored.length === 0 ? '<p class="quiet">None.</p>' : `<ul>\n${stored.slice(0, maxLinks).map(fileItem).join('\n')}\n</ul>`}
${stored.length > maxLinks ? `<p>And ${stored.length - maxLinks} more: see manifest.json.</p>` : ''}
${missing.length > 0 ? `<p>Not there any more when this export was made: ${missing.length}; manifest.json names them.</p>` : ''}
</body>
</html>
`;
}

function collectionSection({ name, path, rows, sample }: ExportInventory['collections'][number]): string {
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
  const head = `<h2>${escape(title)}</h2>\n<p>${link(path)}, ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}${rows > sample.length ? `, the first ${sample.length} here` : ''}</p>`;
  const [first] = sample;
  if (!first) return head;
  const columns = Object.keys(first);
  const cells = (row: Record<string, unknown>) => columns.map(column => `<td>${escape(textOf(row[column]))}</td>`);
  return `${head}
<div class="rows"><table>
<thead><tr>${columns.map(column => `<th>${escape(column)}</th>`).join('')}</tr></thead>
<tbody>
${sample.map(row => `<tr>${cells(row).join('')}</tr>`).join('\n')}
</tbody>
</table></div>`;
}

function fileItem({ path, sizeBytes }: ExportInventory['files'][number]): string {
  return `<li>${link(path)} <span class="quiet">${sizeBytes.toLocaleString('en')} bytes</span></li>`;
}

function link(path: string): string {
  return `<a href="${escape(path.split('/').map(encodeURIComponent).join('/'))}">${escape(path)}</a>`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength).toWellFormed()}…` : text;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] as string);
}
