import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import type { Rows, TableName } from './rows.ts';

type Tables = { [T in TableName]: Map<string, Rows[T]> };
type Change = [table: TableName, id: string, row: unknown];

/**
 * Everything the sandbox knows: tables in memory over one append-only file. The puts of a request, its money and its
 * stored answer alike, are one line, written before the request is answered: a killed process has either all of them or none.
 * The line isn't fsynced: a dead process loses nothing, and a dead machine takes the sandbox's whole world with it.
 */
export class Store {
  readonly #tables: Tables = {
    accounts: new Map(),
    links: new Map(),
    balances: new Map(),
    transfers: new Map(),
    reversals: new Map(),
    topups: new Map(),
    answers: new Map(),
  };
  readonly #file: number | null;
  #changes: Change[] = [];

  /** `path` null keeps everything in memory only. A file is read back, compacted, and appended to from then on. */
  constructor(path: string | null) {
    if (path === null) {
      this.#file = null;
      return;
    }
    if (existsSync(path)) this.#replay(readFileSync(path, 'utf8'));
    const compacted = `${path}.new`;
    writeFileSync(compacted, this.#snapshot(), { mode: 0o600 });
    renameSync(compacted, path);
    this.#file = openSync(path, 'a', 0o600);
  }

  /** Live rows in the order of their first put. */
  all<T extends TableName>(table: T): IterableIterator<Rows[T]> {
    return this.#tables[table].values();
  }

  entries<T extends TableName>(table: T): IterableIterator<[string, Rows[T]]> {
    return this.#tables[table].entries();
  }

  get<T extends TableName>(table: T, id: string): Rows[T] | undefined {
    return this.#tables[table].get(id);
  }

  /** Rows are replaced, never changed in place. Callers decide first and put last: nothing undoes a put. */
  put<T extends TableName>(table: T, id: string, row: Rows[T]): void {
    this.#tables[table].set(id, row);
    this.#changes.push([table, id, row]);
  }

  drop(table: TableName, id: string): void {
    this.#tables[table].delete(id);
    this.#changes.push([table, id, null]);
  }

  /** Writes what was put since the last commit as one line. Synchronous: no other request comes in between. */
  commit(): void {
    const changes = this.#changes;
    this.#changes = [];
    if (this.#file !== null && changes.length > 0) writeSync(this.#file, `${JSON.stringify(changes)}\n`);
  }

  close(): void {
    this.commit();
    if (this.#file !== null) closeSync(this.#file);
  }

  #replay(log: string): void {
    const lines = log.split('\n');
    // What follows the last line end was cut off by a kill: its request was never answered, so it never happened.
    for (const line of lines.slice(0, -1)) {
      const changes: Change[] = JSON.parse(line);
      for (const [table, id, row] of changes) {
        const rows: Map<string, unknown> = this.#tables[table];
        if (row === null) rows.delete(id);
        else rows.set(id, row);
      }
    }
  }

  #snapshot(): string {
    let snapshot = '';
    for (const [table, rows] of Object.entries(this.#tables)) {
      for (const [id, row] of rows) snapshot += `${JSON.stringify([[table, id, row]])}\n`;
    }
    return snapshot;
  }
}
