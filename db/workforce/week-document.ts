import { type InvoiceDocument, invoiceTotals } from '../../shared/invoice-document.ts';
import { minorDigitsOf } from '../../shared/money.ts';
import { addDays } from '../../shared/warranty.ts';

/** A time-card line that is to be billed. */
export interface DueLine {
  id: string;
  assignmentId: string;
  staffId: string;
  fullName: string;
  /** The role's name. */
  category: string;
  workDate: string;
  minutes: number;
  rateCents: number;
  amountCents: number;
}

export interface WeekParties {
  name: string;
  billingEmail: string | null;
  tenantName: string;
}

export interface BilledWeek {
  weekStartsOn: string;
  currency: string;
  /** Never none. */
  lines: readonly DueLine[];
}

/** As many as a document may have. */
const maxDocumentLines = 1_000;

/** By what the lines are put together: each worker and role; for a crew too large for that, each role; else all. */
const groupings: readonly {
  keyOf: (line: DueLine) => string;
  describe: (line: DueLine) => string;
}[] = [
  {
    keyOf: line => `${line.staffId} ${line.rateCents} ${line.category}`,
    describe: line => `${line.fullName}, ${line.category}`,
  },
  { keyOf: line => `${line.rateCents} ${line.category}`, describe: line => line.category },
  { keyOf: () => '', describe: () => 'Work' },
];

/** The document of a week's invoice, for `issueInvoice`: in the tenant's name, a line for each worker and role, without tax. */
export function writeWeekDocument(
  { name, billingEmail, tenantName }: WeekParties,
  { weekStartsOn, currency, lines }: BilledWeek,
): (given: { number: string; issuedOn: string }) => InvoiceDocument {
  const lastDay = addDays(weekStartsOn, 6);
  const late = lines.some(line => line.workDate < weekStartsOn);
  const written = groupLines(lines).map(({ description, of }) => {
    const grossCents = sum(of, line => line.amountCents);
    return {
      description,
      detail: detailOf(of, currency),
      quantity: 1,
      unitGrossCents: grossCents,
      grossCents,
      taxRate: 0,
    };
  });
  return ({ number, issuedOn }) => ({
    kind: 'invoice',
    number,
    issuedOn,
    suppliedOn: lastDay,
    currency,
    locale: 'en',
    issuer: { name: cut(tenantName, 200), addressLines: [] },
    buyer: {
      name: cut(name, 200),
      addressLines: [],
      ...(billingEmail === null ? {} : { email: cut(billingEmail, 254) }),
    },
    lines: written,
    ...invoiceTotals(written),
    notes: [
      `Work from ${weekStartsOn} to ${lastDay}.`,
      ...(late ? ['With work of earlier weeks that was recorded after these had been billed.'] : []),
    ],
  });
}

function groupLines(lines: readonly DueLine[]): { description: string; of: DueLine[] }[] {
  for (const { keyOf, describe } of groupings) {
    const groups = new Map<string, { description: string; of: DueLine[] }>();
    for (const line of lines) {
      const key = keyOf(line);
      const group = groups.get(key) ?? { description: cut(describe(line), 2_000), of: [] };
      group.of.push(line);
      groups.set(key, group);
    }
    if (groups.size <= maxDocumentLines) return [...groups.values()];
  }
  throw new Error('one group is never too many');
}

/** `16.50 h at 25.00 USD, 2 shifts` */
function detailOf(lines: readonly DueLine[], currency: string): string {
  const hours = (sum(lines, line => line.minutes) / 60).toFixed(2);
  const rates = new Set(lines.map(line => line.rateCents));
  const [rateCents = 0] = rates;
  const digits = minorDigitsOf(currency);
  const rate = rates.size === 1 ? ` at ${(rateCents / 10 ** digits).toFixed(digits)} ${currency}` : '';
  return `${hours} h${rate}, ${lines.length} ${lines.length === 1 ? 'shift' : 'shifts'}`;
}

function sum(lines: readonly DueLine[], amountOf: (line: DueLine) => number): number {
  return lines.reduce((total, line) => total + amountOf(line), 0);
}

/** A text as a document takes it; a cut may leave half of a surrogate pair. */
function cut(text: string, maxLength: number): string {
  return text.slice(0, maxLength).toWellFormed();
}
