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
let templateReady: Promise<void> | null = null;

/** A migrated, empty database for one test file: a clone of one that is migrated once in a run. */
export async function createDatabase(): Promise<TestDatabase> {
  templateReady ??= createTemplate();
  await templateReady;
  const name = `test_${randomBytes(6).toString('hex')}`;
  // Postgres clones only what nobody is connected to, and a closed session of the migration may take a moment to go.
  await eventually(() => execute(`create database ${name} template ${template}`));
  return {
    name,
    url: await urlOf(name),
    drop: () => execute(`drop database if exists ${name} with (force)`),
  };
}

async function createTemplate(): Promise<void> {
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
