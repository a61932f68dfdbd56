import type { Call } from '../endpoint.ts';
import type { FaultSubject } from '../faults.ts';
import type { Form } from '../form.ts';
import { resourceMissing } from '../refusal.ts';
import type { Transfer, Rows } from '../rows.ts';
import type { Store } from '../../store.ts';

/** The transfer that the path names, else 404 `resource_missing`. */
export function requireTransfer({ store, id }: Call): Transfer {
  const transfer = store.get('transfers', id);
  if (transfer === undefined) throw resourceMissing('transfer', id, 'id');
  return transfer;
}

/** What a fault may match on for a call about an existing transfer: its own destination, group and metadata, under those of the request. */
export function subjectOfTransfer({ store, id, params }: Call): FaultSubject {
  const transfer = store.get('transfers', id);
  return {
    destination: transfer?.destination,
    transfer_group: transfer?.transfer_group ?? undefined,
    metadata: { ...transfer?.metadata, ...givenMetadata(params) },
  };
}

/** The parameter as it was sent, before anything judges it. */
export function givenText(params: Form, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

/** The metadata that a request brings, its malformed parts left out. */
export function givenMetadata(params: Form): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(params['metadata'] ?? {})) {
    if (typeof value === 'string') given[name] = value;
  }
  return given;
}

/** A transfer as Stripe shows it. */
export function renderTransfer(store: Store<Rows>, transfer: Transfer): unknown {
  const { reversalIds, ...fields } = transfer;
  // A transfer carries its ten most recent reversals; the rest is a list of its own.
  const recent = reversalIds
    .slice(-10)
    .toReversed()
    .map(id => renderReversal(store, id));
  return {
    ...fields,
    object: 'transfer',
    livemode: false,
    reversed: fields.amount_reversed === fields.amount,
    reversals: {
      object: 'list',
      data: recent,
      has_more: reversalIds.length > recent.length,
      total_count: reversalIds.length,
      url: `/v1/transfers/${fields.id}/reversals`,
    },
    source_transaction: null,
    source_type: 'card',
  };
}

/** A reversal as Stripe shows it. */
export function renderReversal(store: Store<Rows>, id: string): unknown {
  return { ...store.get('reversals', id), object: 'transfer_reversal', source_refund: null };
}
