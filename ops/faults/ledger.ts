/** Something that was answered otherwise than a good client may expect. */
export interface Unexpected {
  atMs: number;
  what: string;
}

/** A piece of work that the system has promised to do. */
export interface Accepted {
  atMs: number;
  what: string;
  key: string;
  /** What stands for its outcome: the job's id, the order's. */
  outcome: string;
}

/** What clients were told, to be held against what became of it. */
export class Ledger {
  readonly unexpected: Unexpected[] = [];
  readonly #accepted = new Map<string, Accepted>();
  /** Keys that were answered in two ways. */
  readonly twoOutcomes: { atMs: number; key: string; what: string; outcomes: [string, string] }[] = [];
  /** Posts that were never answered for good, by key. */
  readonly #open = new Map<string, string>();
  readonly statuses = new Map<string, number>();
  requests = 0;
  retries = 0;

  open(key: string, what: string): void {
    this.#open.set(key, what);
  }

  close(key: string): void {
    this.#open.delete(key);
  }

  get unanswered(): string[] {
    return [...this.#open.values()];
  }

  count(status: number | 'lost'): void {
    this.requests += 1;
    this.statuses.set(String(status), (this.statuses.get(String(status)) ?? 0) + 1);
  }

  surprise(what: string): void {
    this.unexpected.push({ atMs: Date.now(), what });
  }

  accept(what: string, key: string, outcome: string): void {
    const earlier = this.#accepted.get(key);
    const atMs = Date.now();
    if (!earlier) this.#accepted.set(key, { atMs, what, key, outcome });
    else if (earlier.outcome !== outcome)
      this.twoOutcomes.push({ atMs, key, what, outcomes: [earlier.outcome, outcome] });
  }

  accepted(...what: string[]): Accepted[] {
    const all = [...this.#accepted.values()];
    return what.length === 0 ? all : all.filter(one => what.includes(one.what));
  }
}
