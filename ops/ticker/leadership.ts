import type { IConnected } from 'pg-promise';
import type { Database } from '../../db/connect.ts';
import type { Log } from '../../shared/log.ts';

const lockId = 7_264_003;

/**
 * One leader among all tickers, by a session's advisory lock: whoever's connection dies loses it, and another takes over
 * at its next try. Two may believe to lead for a moment; every verb is a guarded write, so that is harmless.
 */
export class Leadership {
  readonly #db: Database;
  readonly #log: Log;
  #connection: IConnected<object, never> | null = null;
  #sinceMs = 0;
  #since = new Date();

  constructor(db: Database, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  get leads(): boolean {
    return this.#connection !== null;
  }

  /** When this process began to lead, if it does. */
  get since(): Date {
    return this.#since;
  }

  /** How long this process has led without a break, in ms; 0 if it does not. */
  get ledForMs(): number {
    return this.#connection ? performance.now() - this.#sinceMs : 0;
  }

  /** Keeps the lead, or tries to get it. Rejects when the database is away. */
  async hold(): Promise<boolean> {
    if (this.#connection) {
      try {
        await this.#connection.one('select 1 as held');
        return true;
      } catch (error) {
        this.#drop(error);
        throw error;
      }
    }
    const connection = (await this.#db.connect({ onLost: error => this.#drop(error) })) as unknown as IConnected<
      object,
      never
    >;
    try {
      const { locked } = await connection.one<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
        lockId,
      ]);
      if (!locked) {
        await connection.done();
        return false;
      }
    } catch (error) {
      await connection.done(true);
      throw error;
    }
    this.#connection = connection;
    this.#sinceMs = performance.now();
    this.#since = new Date();
    this.#log.info('this ticker leads');
    return true;
  }

  async release(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    if (!connection) return;
    await connection.any('select pg_advisory_unlock($1)', [lockId]).catch(() => {});
    await connection.done();
  }

  #drop(error: unknown): void {
    const connection = this.#connection;
    if (!connection) return;
    this.#connection = null;
    this.#log.warn({ err: error }, 'this ticker lost the lead');
    // Destroyed, not handed back: its session may still hold the lock. Not before what is asked on it has been told of the
    // loss, which needs the connection.
    setImmediate(() => void Promise.resolve(connection.done(true)).catch(() => {}));
  }
}
