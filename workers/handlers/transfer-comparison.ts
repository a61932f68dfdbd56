import { raiseAlert } from '../../db/core/alerts.ts';
import { findLiveJob } from '../../db/core/jobs.ts';
import type { Transaction } from '../../db/connect.ts';
import { listUnmetTransfers, meetTransfers, type PaidTransfer } from '../../db/marketplace/transfer-comparison.ts';
import { jobKeyOf } from '../../db/marketplace/transfer-jobs.ts';
import type { transferComparison as spec } from '../../shared/jobs/transfer-comparison.ts';
import type { ProviderTransfer } from '../../shared/ports/stripe.ts';
import { isUuid } from '../../shared/uuid.ts';
import type { Handler } from '../handler.ts';

const pageRows = 100;

/**
 * Holds the provider's transfers of a window against ours, then ours against the provider's, a page at a time. Each difference
 * is an alert; the same one again only counts up.
 */
export const transferComparison: Handler<typeof spec, 'stripe'> = async (ctx, payload) => {
  const { stripe } = ctx.ports;
  const { signal, now: at } = ctx;
  const [from, to] = [new Date(payload.from), new Date(payload.to)];
  const tally = { compared: 0, differences: 0 };

  const compareTheirs = async (page: readonly ProviderTransfer[]) => {
    tally.differences += await ctx.transact(tx => comparePage(tx, page, at));
    tally.compared += page.length;
  };
  let page: ProviderTransfer[] = [];
  for await (const theirs of stripe.listTransfers({ createdFrom: from, createdTo: to, signal })) {
    if (page.push(theirs) < pageRows) continue;
    await compareTheirs(page);
    page = [];
  }
  if (page.length > 0) await compareTheirs(page);

  let afterId: string | null = null;
  for (;;) {
    const window: Parameters<typeof listUnmetTransfers>[1] = { from, to, at, afterId, limit: pageRows };
    const unmet = await ctx.transact(tx => listUnmetTransfers(tx, window));
    for (const ours of unmet) {
      // Made at the provider before the window and recorded in it, after a crash between the two: ask for this one.
      const { transferGroup } = ours;
      const candidates = await stripe.findTransfers({ transferGroup, metadata: { transferId: ours.id }, signal });
      const theirs = candidates.find(({ providerTransferId }) => providerTransferId === ours.providerTransferId);
      tally.compared += 1;
      tally.differences += await ctx.transact(tx => raiseDifference(tx, ours, theirs ?? null));
    }
    if (unmet.length < pageRows) return tally;
    afterId = unmet.at(-1)?.id ?? null;
  }
};

async function comparePage(tx: Transaction, page: readonly ProviderTransfer[], at: Date): Promise<number> {
  const met = await meetTransfers(
    tx,
    page.map(theirs => theirs.providerTransferId),
    at,
  );
  const ours = new Map(met.map(row => [row.providerTransferId, row]));
  let differences = 0;
  for (const theirs of page) {
    differences += await raiseDifference(tx, ours.get(theirs.providerTransferId) ?? null, theirs);
  }
  return differences;
}

/** Raises what differs between the two sides of one transfer; answers how many alerts that is, 0 or 1. */
async function raiseDifference(
  tx: Transaction,
  ours: PaidTransfer | null,
  theirs: ProviderTransfer | null,
): Promise<number> {
  const differs = ours && theirs ? differencesOf(ours, theirs) : [ours ? 'missing at the provider' : 'missing here'];
  if (differs.length === 0 || (!ours && theirs && (await isBeingSettled(tx, theirs)))) return 0;
  const subject = theirs?.providerTransferId ?? ours?.providerTransferId ?? '';
  await raiseAlert(tx, { kind: 'transfer_difference', subject, details: { differs, ours, theirs } });
  return 1;
}

function differencesOf(ours: PaidTransfer, theirs: ProviderTransfer): string[] {
  const differs: string[] = [];
  if (ours.amountCents !== theirs.amountCents) differs.push('amount');
  if (ours.currency !== theirs.currency) differs.push('currency');
  if (ours.destination !== theirs.destination) differs.push('destination');
  // While a reversal is under way nothing or all of it may have come back.
  const underWay = ours.status === 'reversal_pending' && ours.call !== 'none';
  const reversedCents = ours.status === 'reversed' ? ours.amountCents : 0;
  if (theirs.amountReversedCents !== reversedCents && !(underWay && theirs.amountReversedCents === ours.amountCents))
    differs.push('reversed amount');
  return differs;
}

/** Paid, but not recorded yet: its live job will find it. */
async function isBeingSettled(tx: Transaction, theirs: ProviderTransfer): Promise<boolean> {
  const id = theirs.metadata['transferId'];
  return id !== undefined && isUuid(id) && (await findLiveJob(tx, jobKeyOf(id))) !== null;
}
