import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connectDatabase, type Connection } from './connect.ts';

export interface Migration {
  number: number;
  name: string;
  text: string;
  checksum: string;
}

const folder = fileURLToPath(new URL('./migrations/', import.meta.url));
// Any constant will do as long as everyone takes the same.
const lockId = 7_264_001;

/** The migrations that this build knows, in order. Throws when numbers are missing or doubled. */
export function loadMigrations(): Migration[] {
  const files = readdirSync(folder)
    .filter(file => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    const number = Number(file.slice(0, 4));
    if (number !== index + 1) throw new Error(`migration ${file} breaks the numbering: ${index + 1} was expected`);
    const text = readFileSync(`${folder}${file}`, 'utf8');
    return {
      number,
      name: file.replace(/\.sql$/, ''),
      text,
      checksum: createHash('sha256').update(text).digest('hex'),
    };
  });
}

/**
 * Brings a database to this build's schema: forward only, each migration in a transaction, all under one advisory lock,
 * so that several starters wait for one another. Answers the names applied. Rejects if an applied file was edited since,
 * or if the database is ahead of this build.
 */
export async function migrate(url: string): Promise<string[]> {
  const db = connectDatabase({ url, maxConnections: 1, applicationName: 'millrace-migrate', statementTimeoutMs: 0 });
  try {
    return await db.task(async task => {
      await task.any('select pg_advisory_lock($1)', [lockId]);
      try {
        await task.none(
          'create table if not exists public.millrace_migrations (number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())',
        );
        const pending = await pendingMigrations(task);
        for (const migration of pending) {
          await task.tx(async tx => {
            await tx.multi(migration.text);
            await tx.none('insert into public.millrace_migrations (number, name, checksum) values ($1, $2, $3)', [
              migration.number,
              migration.name,
              migration.checksum,
            ]);
          });
        }
        return pending.map(migration => migration.name);
      } finally {
        await task.any('select pg_advisory_unlock($1)', [lockId]);
      }
    });
  } finally {
    await db.$pool.end();
  }
}

/** Rejects unless the database is exactly at this build's schema. Every process asks before it takes traffic. */
export async function checkSchema(db: Connection): Promise<void> {
  const { found } = await db.one<{ found: boolean }>(
    "select to_regclass('public.millrace_migrations') is not null as found",
  );
  const pending = found ? await pendingMigrations(db) : loadMigrations();
  if (pending.length > 0) {
    throw new Error(
      `the database lacks ${pending.map(migration => migration.name).join(', ')}: run "npm run ops -- migrate"`,
    );
  }
}

async function pendingMigrations(db: Connection): Promise<Migration[]> {
  const known = loadMigrations();
  const applied = await db.any<{ number: number; name: string; checksum: string }>(
    'select number, name, checksum from public.millrace_migrations order by number',
  );
  for (const { number, name, checksum } of applied) {
    const migration = known[number - 1];
    if (!migration) throw new Error(`the database is ahead of this build: it has migration ${name}`);
    if (migration.checksum !== checksum) throw new Error(`migration ${name} was edited after it was applied`);
  }
  return known.slice(applied.length);
}
