import { randomBytes } from 'node:crypto';
import pgPromise from 'pg-promise';
import { eventually } from './eventually.ts';
import { postgres } from './services.ts';

export interface TestDatabase {
  url: string;
  name: string;
  /** Ends the sessions that are still open, too. */
  drop(): Promise<void>;
}

const pgp = pgPromise({ noWarnings: true });
const template = 'millrace_template';
/** By the server's address. */
const templates = new Map<string, Promise<void>>();

/** A migrated, empty database for one test file: a clone of one that is migrated once in a run. */
export async function createDatabase(): Promise<TestDatabase> {
  await createTemplate();
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Postgres clones only what nobody is connected to, and a closed session of the migration may take a moment to go.
  // By its files: to log every page of it, as is the default, takes six times as long.
  await eventually(() => execute(`create database ${name} template ${template} strategy file_copy`));
  return {
    name,
    url: await urlOf(name),
    drop: () => execute(`drop database if exists ${name} with (force)`),
  };
}

/** Makes the template unless the run's server has it: the processes of one run make it before they begin. */
export async function createTemplate(): Promise<void> {
  const { url } = await postgres();
  const ready = templates.get(url) ?? makeTemplate();
  templates.set(url, ready);
  return ready;
}

async function makeTemplate(): Promise<void> {
  // The process that shares its server has made it.
  if (process.env['TEST_POSTGRES_URL']) return;
  const { migrate } = await import('../../db/migrate.ts');
  await execute(`create database ${template}`);
  await migrate(await urlOf(template));
}
async function urlOf(name: string): Promise<string> {
  const url = new URL((await postgres()).url);
  url.pathname = `/${name}`;
  return url.href;
}

async function execute(statement: string): Promise<void> {
  const connection = await pgp((await postgres()).url).connect({ direct: true });
  try {
    await connection.none(statement);
  } finally {
    await connection.done();
  }
}
