import { isUuid } from '../../../shared/uuid.ts';

/** Alerts whose subject is a marketplace order; the transfers' page finds by it. */
const aboutOrders = /^(payment_(mismatch|out_of_turn|not_refunded)|dispute_(?!unknown$).+)$/;
/** Jobs of which kind say more, where the subject itself has no page. */
const jobsOf: [RegExp, string][] = [
  [/^refund_/, 'refund'],
  [/^webhook_/, 'payment-event'],
  [/^invoice_/, 'invoice-pdf'],
  [/^(mailer|texter)_/, 'notification'],
];

/** Where what an alert is about can be seen; null where nothing here shows it. */
export function alertPlace(kind: string, subject: string, details: Record<string, unknown>): string | null {
  const named = encodeURIComponent(subject);
  if (kind === 'outcome_unrecorded') return `/jobs/${named}`;
  if (kind.startsWith('transfer_')) {
    const { ours } = details as { ours?: { id?: unknown } | null };
    const id = typeof ours?.id === 'string' ? ours.id : subject;
    if (isUuid(id)) return `/transfers/${id}`;
    return subject.startsWith('tr') ? `/transfers?id=${named}` : '/transfers';
  }
  if (aboutOrders.test(kind)) return `/transfers?order=${named}`;
  const jobs = jobsOf.find(([pattern]) => pattern.test(kind));
  return jobs ? `/failures?kind=${jobs[1]}` : null;
}
