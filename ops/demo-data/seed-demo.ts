import { createOperator, findOperator } from '../../db/core/operators.ts';
import { findServiceKey } from '../../db/core/service-keys.ts';
import { createUser, findUserByEmail } from '../../db/marketplace/users.ts';
import type { Spine } from '../../db/spine.ts';
import { hashPassword } from '../../shared/password.ts';
import { runSchedule } from '../actions/schedules.ts';
import { createKey } from '../actions/service-keys.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { callApi } from './api.ts';
import { addBelongings } from './belongings.ts';
import { demoPath, readKnownDemo, writeDemoFile, type DemoFile } from './demo-file.ts';
import { noField, seedField } from './field.ts';
import { makePassword, onboard, register, type Person } from './people.ts';
import { addProducts, fillShop, type ShopPeople } from './shop.ts';
import { seedStaffing, type StaffingDeps } from './staffing.ts';
import { staffingLogins } from './staffing-people.ts';
import { addStreams } from './streams.ts';

export interface SeedOptions {
  spine: Pick<Spine, 'config' | 'db' | 'dispatch' | 'catalog'>;
  ports: StaffingDeps['ports'];
  dataDir: string;
  /** The running edge: all of the marketplace's data is made through its HTTP API. */
  edge: string;
  /** The operators' console. */
  console: string;
  /** The running sandbox. Nothing is ever seeded at a real provider. */
  sandbox: Pick<Sandbox, 'stripe' | 'hyperswitch' | 'outbox' | 'identity' | 'clerk'>;
}

const emails = {
  admin: 'admin@millrace.example',
  seller: 'seller@millrace.example',
  buyer: 'buyer@millrace.example',
  potter: 'potter@millrace.example',
  painter: 'painter@millrace.example',
} as const;

const operatorEmail = 'operator@millrace.example';
const platformEurCents = 500_000;
const act = { actor: 'demo', reason: 'demo data' };

/**
 * Fills a new system with work that really runs: orders that are paid, declined and refunded, transfers that complete, one
 * that fails because the platform has no pounds, one that waits for its seller's account, gear with a warranty about to
 * end, files, streams, an export; a staffing company at work, and a home-services company with its books. Writes `DATA_DIR/demo.json`. A database is filled once; later
 * starts only bring the file's addresses and tokens up to date. Null if the database was filled and the file is gone: only hashes
 * of the passwords are left.
 */
export async function seedDemo({
  spine,
  ports,
  dataDir,
  edge,
  console,
  sandbox,
}: SeedOptions): Promise<DemoFile | null> {
  const path = demoPath(dataDir);
  const known = readKnownDemo(path);
  const filled = (await findUserByEmail(spine.db, emails.admin)) !== null;
  if (filled && !known) return null;
  const { stripe, hyperswitch, outbox, identity, clerk } = sandbox;
  const demo: DemoFile = {
    edge,
    console,
    serviceKey: await liveKey(spine, known?.serviceKey),
    marketplace: {
      admin: { email: emails.admin, password: known?.marketplace?.admin.password ?? makePassword() },
      seller: { email: emails.seller, password: known?.marketplace?.seller.password ?? makePassword() },
      buyer: { email: emails.buyer, password: known?.marketplace?.buyer.password ?? makePassword() },
    },
    workforce: staffingLogins(known?.workforce),
    fieldservice: known?.fieldservice ?? noField,
    operator: { email: operatorEmail, password: known?.operator?.password ?? makePassword() },
    stripe: stripe.url,
    hyperswitch: { url: hyperswitch.url, webhookSecret: hyperswitch.webhookSecret },
    outbox: outbox.url,
    live: { hookSecret: spine.config.liveHookSecret?.[0] ?? '' },
    identity: { url: identity.url, apiKey: identity.apiKey },
    clerk: clerk.url,
  };
  // Before any account exists: a start that is cut short is taken up with the same passwords.
  writeDemoFile(path, demo);
  await keepOperator(spine, demo.operator);
  if (!filled) await fill(spine, demo);
  demo.workforce = await seedStaffing({ ...spine, ports }, demo);
  demo.fieldservice = await seedField(demo);
  writeDemoFile(path, demo);
  return demo;
}

/** An operator may sign in from the first moment on: whoever starts the system looks at it work. */
async function keepOperator({ db }: SeedOptions['spine'], { email, password }: DemoFile['operator']): Promise<void> {
  if (await findOperator(db, email)) return;
  await createOperator(db, { email, name: 'Otto', passwordHash: await hashPassword(password), role: 'admin' });
}

async function liveKey(spine: SeedOptions['spine'], known: string | undefined): Promise<string> {
  if (known !== undefined && (await findServiceKey(spine.db, known))) return known;
  const kinds = ['noop', 'noop-local'].filter(kind => spine.catalog.has(kind));
  return (await createKey(spine, { name: 'demo', kinds: kinds.length > 0 ? kinds : ['*'] }, act)).key;
}

/** Every request carries an Idempotency-Key of its own: a start that is cut short makes nothing twice when it is taken up. */
async function fill(spine: SeedOptions['spine'], demo: DemoFile): Promise<void> {
  const { edge, marketplace, stripe } = demo;
  await callApi('POST', `${stripe}/_sandbox/balance`, { body: { currency: 'eur', available_cents: platformEurCents } });
  const buyer = await register(edge, 'bea-buyer', marketplace.buyer);
  const seller = await register(edge, 'sam-seller', marketplace.seller);
  await onboard(edge, seller);
  const potter = await passerBy(edge, 'pia-potter', emails.potter);
  if (potter) await onboard(edge, potter);
  const painter = await passerBy(edge, 'pit-painter', emails.painter);
  const people: ShopPeople = { buyer, seller, potter, painter };
  await fillShop(edge, people, await addProducts(edge, people));
  await addStreams(edge, seller, demo.live.hookSecret);
  await addBelongings(edge, buyer);
  await runSchedule(spine, 'warranty-scan', act);
  // The administrator is the mark of a filled database, and so comes last.
  const passwordHash = await hashPassword(marketplace.admin.password);
  await createUser(spine.db, { username: 'ada-admin', email: emails.admin, passwordHash, role: 'admin' });
}

/**
 * An account that nobody needs to sign in to: its password is kept nowhere. Null if an earlier start, which was cut short,
 * has made it: what it was to offer is there then, or is left out.
 */
async function passerBy(edge: string, username: string, email: string): Promise<Person | null> {
  const login = { email, password: makePassword() };
  return register(edge, username, login).catch(() => null);
}
