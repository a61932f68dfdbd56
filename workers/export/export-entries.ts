import { createHash } from 'node:crypto';
import type { Transaction } from '../../db/connect.ts';
import { exportCollections } from '../../db/marketplace/export-collections.ts';
import { listExportContents } from '../../db/marketplace/export-contents.ts';
import type { FilesPort } from '../../shared/ports/files.ts';
import { collectionPages, type CollectionPage } from './collection-pages.ts';
import { indexPage, sampleRows } from './index-page.ts';
import { manifestJson, type ExportInventory } from './manifest.ts';
import { safeName } from './safe-name.ts';
import type { ZipEntry } from './zip.ts';

export interface ExportSource {
  exportId: string;
  userId: string;
  /** When it was asked for. */
  createdAt: Date;
  transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  files: Pick<FilesPort, 'read'>;
  signal: AbortSignal;
  /** Told of all that has been read. */
  onRead: (read: { rows: number; fileBytes: number }) => void;
}

/** All that goes into an export, always in the same order: collections, stored files, the page for people, the manifest of all that. */
export async function* exportEntries(source: ExportSource): AsyncGenerator<ZipEntry> {
  const { exportId, userId, createdAt, transact, files, signal, onRead } = source;
  const inventory: ExportInventory = { exportId, userId, createdAt, collections: [], files: [], missing: [] };

  const entry = (path: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): ZipEntry => ({
    path,
    modifiedAt: createdAt,
    content: inventoried(inventory, path, content),
    compress: true,
  });

  for (const collection of exportCollections) {
    const part = { name: collection.name, path: `${collection.name}.jsonl`, rows: 0, sample: [] };
    inventory.collections.push(part);
    const pages = collectionPages(transact, collection, userId);
    yield entry(
      part.path,
      jsonLines(pages, part, rows => onRead({ rows, fileBytes: 0 })),
    );
  }
  for await (const stored of listExportContents(transact, userId)) {
    const path = `${stored.folder}/${safeName(stored.filename)}`;
    const found = await files.read(stored.fileKey, undefined, signal);
    if (!found) {
      inventory.missing.push(path);
      continue;
    }
    try {
      yield { ...entry(path, found.stream), modifiedAt: stored.createdAt, compress: isText(stored.mimeType) };
    } finally {
      found.stream.destroy(); // whether it was read or not
    }
    onRead({ rows: 0, fileBytes: found.sizeBytes });
  }
  yield entry('index.html', [Buffer.from(indexPage(inventory))]);
  yield entry('manifest.json', manifestJson(inventory));
}

/** The content, written down in the inventory once it has passed. */
async function* inventoried(
  { files }: ExportInventory,
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    sizeBytes += chunk.length;
    yield chunk;
  }
  files.push({ path, sizeBytes, sha256: hash.digest('hex') });
}

async function* jsonLines(
  pages: AsyncIterable<CollectionPage>,
  part: ExportInventory['collections'][number],
  onRows: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const { content, rows } of pages) {
    const lines = firstLines(content, sampleRows - part.sample.length);
    part.sample.push(...lines.map(line => JSON.parse(line) as Record<string, unknown>));
    part.rows += rows;
    onRows(rows);
    yield content;
  }
}

function firstLines(content: Buffer, count: number): string[] {
  const lines: string[] = [];
  for (let from = 0; lines.length < count && from < content.length; ) {
    const end = content.indexOf('\n', from);
    lines.push(content.toString('utf8', from, end));
    from = end + 1;
  }
  return lines;
}

/** Pictures, films, documents and archives are compressed as they are. */
function isText(mimeType: string): boolean {
  return /^text\/|[/+](json|xml)$/.test(mimeType);
}
