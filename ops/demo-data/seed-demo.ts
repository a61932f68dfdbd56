import { findServiceKey } from '../../db/core/service-keys.ts';
import { insertPaidOrder } from '../../db/marketplace/orders.ts';
import { createUser, findUserByEmail } from '../../db/marketplace/users.ts';
import type { Spine } from '../../db/spine.ts';
import { transact } from '../../db/transact.ts';
import { hashPassword } from '../../shared/password.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { createKey } from '../actions/service-keys.ts';
import { callApi } from './api.ts';
import { demoPath, readDemoFile, writeDemoFile, type DemoFile } from './demo-file.ts';
import { makePassword, onboard, register } from './people.ts';

export interface SeedOptions {
  spine: Pick<Spine, 'config' | 'db' | 'dispatch' | 'catalog'>;
  dataDir: string;
  /** The running edge: accounts are made and onboarded through its HTTP API. */
  edge: string;
  /** The running sandbox. Nothing is ever seeded at a real provider. */
  stripe: string;
}

const emails = {
  admin: 'admin@millrace.example',
  seller: 'seller@millrace.example',
  buyer: 'buyer@millrace.example',
  potter: 'potter@millrace.example',
  painter: 'painter@millrace.example',
} as const;

const platformEurCents = 500_000;

/**
 * Fills a new system with work that really runs: transfers that complete, one that fails because the platform has no
 * pounds, one that waits for its seller's account. Writes `DATA_DIR/demo.json`. A database is filled once; later
 * starts only bring the file's addresses up to date. Null if the database was filled and the file is gone: only
 * hashes of the passwords are left.
 */
export async function seedDemo({ spine, dataDir, edge, stripe }: SeedOptions): Promise<DemoFile | null> {
  const path = demoPath(dataDir);
  const known = readDemoFile(path);
  const filled = (await findUserByEmail(spine.db, emails.admin)) !== null;
  if (filled && !known) return null;
  const demo: DemoFile = {
    edge,
    serviceKey: await liveKey(spine, known?.serviceKey),
    marketplace: {
      admin: { email: emails.admin, password: known?.marketplace.admin.password ?? makePassword() },
      seller: { email: emails.seller, password: known?.marketplace.seller.password ?? makePassword() },
      buyer: { email: emails.buyer, password: known?.marketplace.buyer.password ?? makePassword() },
    },
    stripe,
  };
  // Before any account exists: a start that is cut short is taken up with the same passwords.
  writeDemoFile(path, demo);
  if (!filled) await fill(spine, demo, stripe);
  return demo;
}

async function liveKey(spine: SeedOptions['spine'], known: string | undefined): Promise<string> {
  if (known !== undefined && (await findServiceKey(spine.db, known))) return known;
  const kinds = ['noop', 'noop-local'].filter(kind => spine.catalog.has(kind));
  const entry = { name: 'demo', kinds: kinds.length > 0 ? kinds : ['*'] };
  return (await createKey(spine, entry, { actor: 'demo', reason: 'demo data' })).key;
}

async function fill(spine: SeedOptions['spine'], demo: DemoFile, stripe: string): Promise<void> {
  const { edge, marketplace } = demo;
  await callApi('POST', `${stripe}/_sandbox/balance`, { body: { currency: 'eur', available_cents: platformEurCents } });
  const buyer = await register(edge, 'bea-buyer', marketplace.buyer);
  const seller = await register(edge, 'sam-seller', marketplace.seller);
  await onboard(edge, seller);
  const potterId = await passerBy(spine, edge, 'pia-potter', emails.potter, true);
  const painterId = await passerBy(spine, edge, 'pit-painter', emails.painter, false);

  const passwordHash = await hashPassword(marketplace.admin.password);
  const { platformFeeRate: feeRate, transferRetryEnabled: retryEnabled } = spine.config;
  // The administrator is the mark of a filled database: it commits together with the work that must be made only once.
  await transact(spine, async tx => {
    const { email } = marketplace.admin;
    if (!(await createUser(tx, { username: 'ada-admin', email, passwordHash, role: 'admin' }))) return;
    const orders = [
      { currency: 'EUR', lines: [line(seller.id, 'Lo-fi drum kit', 2_999)] },
      { currency: 'EUR', lines: [line(seller.id, 'Field recordings', 12_000), line(potterId, 'Tea bowl', 4_550)] },
      { currency: 'EUR', lines: [line(painterId, 'Print, A3', 1_500)] },
      { currency: 'GBP', lines: [line(seller.id, 'Mixing lesson', 4_900)] },
    ];
    for (const order of orders)
      await insertPaidOrder(tx, { ...order, buyerId: buyer.id, feeRate }, { requestId: uuidV7(), retryEnabled });
  });
}

function line(sellerId: string, title: string, grossCents: number) {
  return { sellerId, title, quantity: 1, grossCents };
}

/** An account that nobody needs to sign in to: its password is kept nowhere. */
async function passerBy(
  spine: SeedOptions['spine'],
  edge: string,
  username: string,
  email: string,
  connected: boolean,
): Promise<string> {
  const known = await findUserByEmail(spine.db, email);
  if (known) return known.id;
  const person = await register(edge, username, { email, password: makePassword() });
  if (connected) await onboard(edge, person);
  return person.id;
}
