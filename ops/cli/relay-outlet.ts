import type { Database } from '../../db/connect.ts';
import { pullJob } from '../../db/core/jobs.ts';
import type { Outlet } from '../../db/transact.ts';
import type { DueJob } from '../../shared/message.ts';

/** For a process that opens no broker: makes committed jobs due now, so that a worker's relay publishes them within its beat. */
export class RelayOutlet implements Outlet {
  readonly #db: Database;
  #pulling: Promise<unknown> = Promise.resolve();

  constructor(db: Database) {
    this.#db = db;
  }

  send(jobs: readonly DueJob[]): void {
    for (const { id } of jobs) this.#pulling = this.#pulling.then(() => pullJob(this.#db, id));
    // What could not be pulled falls due by itself a few seconds later.
    this.#pulling = this.#pulling.catch(() => {});
  }

  async close(): Promise<void> {
    await this.#pulling;
  }
}
