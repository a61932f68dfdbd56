import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { createOperator, type OperatorRole } from '../../db/core/operators.ts';
import { openSpine, type Spine } from '../../db/spine.ts';
import { type Console, startConsole } from '../../ops/console/server.ts';
import { Ticker } from '../../ops/ticker/ticker.ts';
import { catalogOf, loadCatalog } from '../../shared/catalog.ts';
import { readConfig } from '../../shared/config.ts';
import type { AnySpec } from '../../shared/job.ts';
import { hashPassword } from '../../shared/password.ts';
import type { AnyHandler } from '../../workers/handler.ts';
import { loadRegistry } from '../../workers/registry.ts';
import { startWorker } from '../../workers/start.ts';
import type { Worker } from '../../workers/worker.ts';
import { createDatabase } from './database.ts';
import { type Outside, startOutside } from './outside.ts';

export const consolePassword = 'correct horse battery';

export interface OpenConsole {
  url: string;
  console: Console;
  spine: Spine;
  outside: Outside;
  db: Database;
  /** An operator of that role; all have `consolePassword`. */
  addOperator(role: OperatorRole): Promise<{ id: string; email: string; name: string }>;
  /** Signs somebody in over HTTP; what they then send carries their cookie. */
  signIn(role?: OperatorRole): Promise<SignedIn>;
  stop(): Promise<void>;
}

export interface SignedIn {
  email: string;
  csrf: string;
  cookie: string;
  get(path: string): Promise<{ status: number; text: string; headers: Headers }>;
  /** Posts a form with the CSRF token. Follows no redirect. */
  post(path: string, form?: Record<string, string>): Promise<{ status: number; text: string; headers: Headers }>;
}

export interface ConsoleOptions {
  env?: Record<string, string>;
  /** Beside the product's own. */
  kinds?: readonly AnySpec[];
  handlers?: readonly [string, AnyHandler][];
  /** False: nobody does the work. */
  worker?: boolean;
  /** False: nobody looks at the system. */
  ticker?: boolean;
}

let names = 0;

/** A console over real HTTP with a database of its own; a worker and a ticker beside it, and a broker in memory between them. */
export async function openConsole(options: ConsoleOptions = {}): Promise<OpenConsole> {
  const outside = await startOutside();
  const database = await createDatabase();
  const config = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    BROKER_URL: 'memory:',
    JWT_SECRET: 'a secret of thirty-two characters',
    ENCRYPTION_KEY: 'a secret of thirty-two characters',
    OPS_PORT: '0',
    LOG_LEVEL: 'silent',
    DATA_DIR: '.',
    LEASE_MS: '1000',
    RELAY_EVERY_MS: '50',
    ...options.env,
  });
  const catalog = catalogOf([...loadCatalog({ echoKinds: true }).values(), ...(options.kinds ?? [])]);
  const spine = await openSpine({ config, name: 'test', catalog });
  const registry = new Map([...loadRegistry(config), ...(options.handlers ?? [])]);
  const worker: Worker | null = options.worker === false ? null : await startWorker(spine, outside.ports, { registry });
  const ticker = options.ticker === false ? null : new Ticker(spine, outside.ports);
  ticker?.start();
  const running = await startConsole(spine, outside.ports, { outboxUrl: outside.outbox.url });
  const db = connectDatabase({ url: database.url, maxConnections: 3, applicationName: 'test-looking' });

  const addOperator = async (role: OperatorRole) => {
    names += 1;
    const [email, name] = [`${role}-${names}@example.com`, `${role} ${names}`];
    const made = await createOperator(db, { email, name, role, passwordHash: await hashPassword(consolePassword) });
    if (!made) throw new Error(`${email} is taken`);
    return { id: made.id, email, name };
  };

  return {
    url: running.url,
    console: running,
    spine,
    outside,
    db,
    addOperator,
    async signIn(role = 'operator') {
      const { email } = await addOperator(role);
      const login = await fetch(`${running.url}/login`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ email, password: consolePassword }),
      });
      const cookie = login.headers
        .getSetCookie()
        .map(text => text.split(';')[0])
        .join('; ');
      const read = async (response: Response) => ({
        status: response.status,
        headers: response.headers,
        text: await response.text(),
      });
      const get = async (path: string) =>
        read(await fetch(running.url + path, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' }));
      const csrf = /name="csrf" value="([^"]+)"/.exec((await get('/')).text)?.[1] ?? '';
      const post = async (path: string, form: Record<string, string> = {}) =>
        read(
          await fetch(running.url + path, {
            method: 'POST',
            redirect: 'manual',
            headers: { cookie },
            body: new URLSearchParams({ csrf, ...form }),
          }),
        );
      return { email, csrf, cookie, get, post };
    },
    async stop() {
      await ticker?.stop();
      await running.stop();
      await worker?.stop(200);
      await spine.close();
      await db.$pool.end();
      await outside.stop();
      await database.drop();
    },
  };
}

/** A headless Chromium (Debian's package, or what `CHROMIUM` names); null where there is none. */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) return null;
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet] });
}

/** A page of somebody who is signed in at the console. */
export async function openPage(
  browser: Browser,
  url: string,
  email: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.fill('input[name=email]', email);
  await page.fill('input[name=password]', consolePassword);
  await page.click('button:has-text("Sign in")');
  await page.waitForURL(`${url}/`);
  return page;
}
