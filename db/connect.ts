import pgPromise, { type IBaseProtocol, type IDatabase, type ITask } from 'pg-promise';

/** A pool. */
export type Database = IDatabase<object>;
/** An open transaction. */
export type Transaction = ITask<object>;
/** Either: what every function under `db/<area>/` takes first. */
export type Connection = IBaseProtocol<object>;

const camelNames = new Map<string, string>();

function camelName(column: string): string {
  let name = camelNames.get(column);
  if (name === undefined) {
    name = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(column, name);
  }
  return name;
}

/** Transactions whose end is under way. */
const ending = new WeakSet<TaskContext>();

interface TaskContext {
  isTX: boolean;
  parent: TaskContext | null;
}

/** What a pool's events are told with. */
interface PoolContext {
  onSilence: () => void;
}

const pgp = pgPromise({
  noWarnings: true, // several pools of one address are meant
  // snake_case in the database, camelCase in code; converted here and nowhere else. Values (jsonb too) stay untouched.
  receive({ data, result }) {
    const renamed = result?.fields.filter(field => field.name !== camelName(field.name));
    if (!renamed?.length) return;
    for (const row of data as Record<string, unknown>[]) {
      for (const { name } of renamed) {
        row[camelName(name)] = row[name];
        delete row[name];
      }
    }
  },
  // Whoever is still at work when a transaction is given up would be served after its ROLLBACK, and that would be kept.
  query({ query, ctx }) {
    const own: TaskContext | null = ctx ?? null;
    for (let context: TaskContext | null = own; context; context = context.parent) {
      if (ending.has(context)) throw new Error('the transaction is ending: nothing more is done in it');
    }
    if (own?.isTX && typeof query === 'string' && /^(commit|rollback|release savepoint)\b/.test(query)) ending.add(own);
  },
  // A connection whose server says nothing is dead, whatever its socket says. Handed back it would be given out again.
  error(error, { client, dc }) {
    if (!isReadTimeout(error) || !client) return;
    // By way of the class: pg-promise bars the client's own `end` while it is in use.
    pgp.pg.Client.prototype.end.call(client, () => {});
    (dc as PoolContext).onSilence();
  },
});

// Counts and sums of cents stay far below 2^53.
pgp.pg.types.setTypeParser(pgp.pg.types.builtins.INT8, Number);
// A calendar day is no moment: `yyyy-mm-dd`, in whatever time zone this runs.
pgp.pg.types.setTypeParser(pgp.pg.types.builtins.DATE, text => text);

export interface ConnectOptions {
  url: string;
  maxConnections: number;
  applicationName: string;
  /** After this long the server ends a statement (SQLSTATE 57014); 0: never. */
  statementTimeoutMs?: number;
  /**
   * For pools that run only the spine's statements: every one of them is an index look-up by design, and a generic plan
   * made while the table was nearly empty would otherwise read all of it until the next analyze.
   */
  indexLookupsOnly?: boolean;
  onError?: (error: Error) => void;
  /** The server has said nothing on one of the connections; the pool's idle ones have been given up as well. */
  onSilence?: () => void;
}

/** Opens a pool; nothing is connected yet. Close it with `db.$pool.end()`. */
export function connectDatabase(options: ConnectOptions): Database {
  const settings = options.indexLookupsOnly
    ? '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off'
    : '-c jit=off';
  const { statementTimeoutMs = options.indexLookupsOnly ? spineStatementMs : usualStatementMs } = options;
  const onSilence = () => {
    dropIdle(db);
    options.onSilence?.();
  };
  const connection = {
    connectionString: options.url,
    max: options.maxConnections,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + silenceMs }),
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    // Without it the kernel first asks after two hours whether an idle connection's other end is still there.
    keepAliveInitialDelayMillis: 5_000,
    // node-postgres sends it as the start-up packet's `options`; pg-promise's types leave it out.
    ...({ options: settings } as object),
  };
  const db = pgp<object>(connection, { onSilence } satisfies PoolContext);
  // A pool whose server goes away emits errors for idle clients, also while it is being closed; unheard they end the process.
  db.$pool.on('error', error => options.onError?.(error));
  return db;
}

/** Gives up the idle connections of a pool: where one was dead, each of the others would cost somebody the same wait. */
export function dropIdle({ $pool }: Database): void {
  for (let idle = $pool.idleCount; idle > 0; idle -= 1) {
    const taken = $pool.connect() as Promise<unknown> as Promise<{ release(destroy: boolean): void }>;
    taken.then(client => client.release(true)).catch(() => {}); // the server may be away altogether
  }
}

/** Longer than an answer to a statement that has just been ended takes: whoever is silent then is not there. */
const silenceMs = 2_000;
/** A statement of the spine is a matter of milliseconds, and work is to flow again soon after a connection has died unheard. */
const spineStatementMs = 5_000;
const usualStatementMs = 15_000;

const unavailableStates = /^(08|53|57P0|57014|55P03|40001|40P01|25P0[234])/;
const unavailableCodes = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;
const unavailableMessages =
  /Query read timeout|Connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable|Client was closed|pool after calling end|pool of the database object has been destroyed|Loose request outside/i;

function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Whether an error says "the database can't do this now" rather than "this statement is wrong". Worth a 503 or a retry. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && (unavailableStates.test(code) || unavailableCodes.test(code))) return true;
  return unavailableMessages.test(error.message);
}

/** Whether an error can be one row's own fault (bad data, a broken constraint), so that the other rows may go through. */
export function isRowFault(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(21|22|23)/.test(code);
}

/** The name of the constraint that a write broke, if that is what an error says. */
export function brokenConstraint(error: unknown): string | undefined {
  const { code, constraint } = (error ?? {}) as { code?: string; constraint?: string };
  return typeof code === 'string' && code.startsWith('23') ? (constraint ?? code) : undefined;
}
