import { hash } from 'node:crypto';
import { Fault } from '../../shared/fault.ts';
import { invoiceTotals, type InvoiceDocument } from '../../shared/invoice-document.ts';
import { toMinorUnits } from '../../shared/money.ts';
import type { Connection, Transaction } from '../connect.ts';
import { issueInvoice } from '../core/invoices.ts';
import { sql } from '../sql.ts';
import { emailOf } from './recipients.ts';

/** A finance entry that is an invoice to a client. */
export interface InvoiceEntry {
  id: string;
  tenantId: string;
  tenantName: string;
  title: string;
  /** A decimal, exactly as it was sent. */
  amount: string;
  currency: string;
  dueDate: string;
  /** The client's record; null if the entry names none, or it was deleted. */
  client: EntryClient | null;
}

export interface EntryClient {
  name: string;
  phone?: string;
  whatsappPhone?: string;
  email?: string;
  address?: string;
}

/** On whose behalf an invoice is made. */
export interface InvoiceCause {
  owner: string;
  requestId: string;
  trace: string | null;
}

interface EntryInvoice {
  factsDigest: Buffer;
  id: string;
  label: string;
  subject: string;
}

const findEntrySql = sql('fieldservice/entry-invoices/find-entry');
const newestSql = sql('fieldservice/entry-invoices/newest');
const insertSql = sql('fieldservice/entry-invoices/insert');
const area = 'fieldservice';
const currencies = new Set(Intl.supportedValuesOf('currency'));

/** Null if the tenant has no such entry, it is of another kind, or it was deleted. */
export function findInvoiceEntry(db: Connection, tenantId: string, entryId: string): Promise<InvoiceEntry | null> {
  return db.oneOrNone<InvoiceEntry>(findEntrySql({ tenantId, entryId }));
}

/** What the newest invoice of an entry is about, among all invoices; null if it was never invoiced. */
export async function newestSubject(db: Connection, { tenantId, id }: InvoiceEntry): Promise<string | null> {
  const [newest] = await listNewest(db, tenantId, id);
  return newest?.subject ?? null;
}

/**
 * The invoice of an entry as it stands: the newest, if it says just that, else one with a number of its own, which says what
 * it takes the place of. Under the tenant's lock, and late in the transaction: see `issueInvoice`. Throws
 * `Fault('unprocessable')` for what can't be invoiced.
 */
export async function invoiceEntry(
  tx: Transaction,
  entry: InvoiceEntry,
  { owner, ...cause }: InvoiceCause,
): Promise<{ id: string; label: string; subject: string; isNew: boolean }> {
  const { tenantId, id: entryId } = entry;
  const facts = factsOf(entry);
  const [newest, before] = await listNewest(tx, tenantId, entryId);
  if (newest?.factsDigest.equals(digestOf(facts, before?.label ?? null)))
    return { id: newest.id, label: newest.label, subject: newest.subject, isNew: false };
  const replaced = newest?.label ?? null;
  const factsDigest = digestOf(facts, replaced);
  const subject = `${tenantId}:${entryId}:${factsDigest.toString('hex', 0, 8)}`;
  const about = { area, owner, kind: 'invoice', subject, issuer: tenantId, series: 'INV' } as const;
  let label = '';
  const write = ({ number, issuedOn }: { number: string; issuedOn: string }): InvoiceDocument => {
    label = number;
    return { ...documentOf(facts, replaced), number, issuedOn };
  };
  const id = await issueInvoice(tx, { ...about, write }, { ...cause, tenant: tenantId });
  await tx.one(insertSql({ tenantId, entryId, factsDigest, invoiceId: id }));
  return { id, label, subject, isNew: true };
}

/** All that an invoice says of its entry. */
interface Facts {
  title: string;
  amountCents: number;
  currency: string;
  dueOn: string | null;
  buyer: { name: string; addressLines: string[]; email: string | null };
  issuerName: string;
}

function factsOf({ title, amount, currency: named, dueDate, client, tenantName }: InvoiceEntry): Facts {
  const currency = named.toUpperCase();
  if (!client) throw notInvoiceable('clientId', 'The entry names no client whom it could be invoiced to.');
  if (!currencies.has(currency))
    throw notInvoiceable('currency', `"${named}" is no currency of ISO 4217, so the entry cannot be invoiced.`);
  const amountCents = toMinorUnits(amount, currency);
  if (amountCents === null)
    throw notInvoiceable('amount', `${amount} ${currency} has more decimals or digits than an invoice can say.`);
  if (amountCents === 0) throw notInvoiceable('amount', 'There is nothing to invoice: the amount is zero.');
  const addressLines = (client.address ?? '')
    .split('\n')
    .map(line => line.trim().slice(0, 200).toWellFormed())
    .filter(line => line !== '')
    .slice(0, 8);
  const email = emailOf(client.email ?? '');
  const buyer = { name: client.name, addressLines, email };
  const [, dueOn = null] = /^(\d{4}-\d\d-\d\d)/.exec(dueDate) ?? [];
  return { title, amountCents, currency, dueOn, buyer, issuerName: tenantName };
}

function notInvoiceable(field: string, message: string): Fault {
  return new Fault('unprocessable', message, { reason: 'NOT_INVOICEABLE', details: { field } });
}

function documentOf(facts: Facts, replaced: string | null): Omit<InvoiceDocument, 'number' | 'issuedOn'> {
  const { title, amountCents, currency, dueOn, buyer, issuerName } = facts;
  const { email, ...rest } = buyer;
  const lines = [{ description: title, quantity: 1, unitGrossCents: amountCents, grossCents: amountCents, taxRate: 0 }];
  return {
    kind: 'invoice',
    ...(dueOn === null ? {} : { dueOn }),
    currency,
    locale: 'en',
    issuer: { name: issuerName, addressLines: [] },
    buyer: email === null ? rest : { ...rest, email },
    lines,
    ...invoiceTotals(lines),
    notes: replaced === null ? [] : [`Replaces ${replaced}.`],
  };
}

/** The same facts in the place of another invoice are another invoice: an entry may be edited back. */
function digestOf(facts: Facts, replaced: string | null): Buffer {
  return hash('sha256', JSON.stringify([facts, replaced]), 'buffer');
}

function listNewest(db: Connection, tenantId: string, entryId: string): Promise<EntryInvoice[]> {
  return db.any<EntryInvoice>(newestSql({ tenantId, entryId }));
}
