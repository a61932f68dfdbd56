/** What an export is about, and what has been put into it so far. */
export interface ExportInventory {
  exportId: string;
  userId: string;
  createdAt: Date;
  collections: { name: string; path: string; rows: number; sample: Record<string, unknown>[] }[];
  files: { path: string; sizeBytes: number; sha256: string }[];
  /** Stored files that were not there any more when their turn came. */
  missing: string[];
}

/** Said to people in `index.html` and to programs in the manifest. */
export const exportNote =
  "The parts of this export were read one after another, not at one moment: what changed meanwhile may be in one and not yet in another. Other people's data is left out. Times are in UTC.";

const linesPerChunk = 1_000;

/** `manifest.json`, in pieces: every other file of the archive with its size and SHA-256. */
export function* manifestJson(inventory: ExportInventory): Generator<Buffer> {
  const { exportId, userId, createdAt, collections, files, missing } = inventory;
  const about = {
    format: 'millrace-export',
    version: 1,
    export_id: exportId,
    user_id: userId,
    requested_at: createdAt.toISOString(),
    note: exportNote,
    collections: collections.map(({ name, path, rows }) => ({ name, path, rows })),
    missing,
  };
  yield Buffer.from(`${JSON.stringify(about, null, 2).slice(0, -2)},\n  "files": [\n`);
  for (let from = 0; from < files.length; from += linesPerChunk) {
    const lines = files
      .slice(from, from + linesPerChunk)
      .map(({ path, sizeBytes, sha256 }) => `    ${JSON.stringify({ path, size_bytes: sizeBytes, sha256 })}`);
    yield Buffer.from(lines.join(',\n') + (from + linesPerChunk < files.length ? ',\n' : '\n'));
  }
  yield Buffer.from('  ]\n}\n');
}
