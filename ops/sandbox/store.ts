import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';

type Tables<Rows> = { [Name in keyof Rows]: Map<string, Rows[Name]> };
type Change = [table: string, id: string, row: unknown];

/**
 * Everything a sandbox knows: tables in memory over one append-only file. The puts of a request are one line, written before the request is
 * answered: a killed process has either all of them or none. The line isn't fsynced: a dead process loses nothing, and a dead machine takes
 * the sandbox's whole world with it.
 */
export class Store<Rows extends object> {
  readonly #tables: Tables<Rows>;
  readonly #file: number | null;
  #changes: Change[] = [];

  /** `path` null keeps everything in memory only. A file is read back into the empty `tables`, compacted, and appended to from then on. */
  constructor(path: string | null, tables: Tables<Rows>) {
    this.#tables = tables;
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

  /** Rows in the order of their first put. */
  all<Name extends keyof Rows>(table: Name): Rows[Name][] {
    return [...this.#tables[table].values()];
  }

  entries<Name extends keyof Rows>(table: Name): [string, Rows[Name]][] {
    return [...this.#tables[table].entries()];
  }

  get<Name extends keyof Rows>(table: Name, id: string): Rows[Name] | undefined {
    return this.#tables[table].get(id);
  }

  /** Rows are replaced, never changed in place. Callers decide first and put last: nothing undoes a put. */
  put<Name extends keyof Rows & string>(table: Name, id: string, row: Rows[Name]): void {
    this.#tables[table].set(id, row);
    this.#changes.push([table, id, row]);
  }

  drop(table: keyof Rows & string, id: string): void {
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
    const tables = new Map<string, Map<string, unknown>>(Object.entries(this.#tables));
    const lines = log.split('\n');
    // What follows the last line end was cut off by a kill: its request was never answered, so it never happened.
    for (const line of lines.slice(0, -1)) {
      const changes: Change[] = JSON.parse(line);
      for (const [table, id, row] of changes) {
        if (row === null) tables.get(table)?.delete(id);
        else tables.get(table)?.set(id, row);
      }
    }
  }

  #snapshot(): string {
    let snapshot = '';
    for (const [table, rows] of Object.entries<Map<string, unknown>>(this.#tables)) {
      for (const [id, row] of rows) snapshot += `${JSON.stringify([[table, id, row]])}\n`;
    }
    return snapshot;
  }
}
