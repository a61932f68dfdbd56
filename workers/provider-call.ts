import { raiseAlert } from '../db/core/alerts.ts';
import type { Transaction } from '../db/connect.ts';
import {
  lastTransferAttempt,
  type TransferDirection,
  type TransferEvent,
  writeTransferAttempt,
} from '../db/marketplace/transfer-attempts.ts';
import {
  beginTry,
  cancelTransfer,
  freezeCall,
  holdTransfer,
  noteAbsent,
  noteDestination,
  noteRefusal,
  noteUnknown,
} from '../db/marketplace/transfer-moves.ts';
import { lockTransfer, providerKeyOf, type LockedTransfer } from '../db/marketplace/transfers.ts';
import { Fault } from '../shared/fault.ts';
import { isUndone } from '../shared/order-state.ts';
import { StripeFailure, type StripePort } from '../shared/ports/stripe.ts';
import type { Step, StepFacts } from '../shared/transfer-step.ts';
import type { RemoteContext } from './handler.ts';

type Context = RemoteContext<'stripe'>;
type Call = { signal: AbortSignal; traceparent: string | undefined };

/** A call as its `sent` row has it: what goes out is what was written down. */
export interface FrozenCall {
  transfer: LockedTransfer;
  key: string;
  /** Null only for a reversal, which goes where the money came from. */
  destination: string | null;
  /** Of the `sent` row. */
  seq: number;
}

/** One of the two ways in which a transfer's money moves. */
export interface MoneyWay {
  direction: TransferDirection;
  decide(transfer: LockedTransfer, facts: Omit<StepFacts, 'askedAt'>): Step;
  /** The provider's id of what was made. */
  send(stripe: StripePort, call: FrozenCall, options: Call): Promise<string>;
  /** What was made earlier, if it was. A `Fault` if what is there isn't what should be. */
  find(stripe: StripePort, transfer: LockedTransfer, options: Call): Promise<Found | null>;
}

/** What the provider shows of an earlier call. */
export interface Found {
  providerId: string;
  /** Null for a reversal. */
  destination: string | null;
}

type Planned =
  | { do: 'nothing' }
  | { do: 'read_later' }
  | { do: 'read'; transfer: LockedTransfer }
  | ({ do: 'send' } & FrozenCall);

/**
 * Brings one way of a transfer to its end, or to its next try. Every step is decided and written down in a transaction of its
 * own before the provider is asked; what came of a call is written down before anything else happens. Settling is the settler's.
 * @returns the provider's id of what was made; null if there was nothing to do.
 */
export async function carryOut(ctx: Context, transferId: string, way: MoneyWay): Promise<string | null> {
  const options = { signal: ctx.signal, traceparent: ctx.traceparent ?? undefined };
  const { stripe } = ctx.ports;
  let readUnderKey: number | null = null;
  let failure: StripeFailure | null = null;
  for (;;) {
    // A runner that was told to stop may have a successor by now.
    ctx.signal.throwIfAborted();
    const step: Planned = await ctx.transact(tx => plan(tx, ctx, transferId, way, readUnderKey));
    if (step.do === 'nothing') return null;
    if (step.do === 'read_later') {
      if (failure) throw faultOf(failure, way);
      throw new Fault('unavailable', 'The provider shows no trace of the call; a second read, later, decides.', {
        reason: 'absent_once',
      });
    }
    try {
      if (step.do === 'send') return await way.send(stripe, step, options);
      const found = await way.find(stripe, step.transfer, options);
      if (found !== null) {
        await ctx.transact(tx => noteFound(tx, ctx, transferId, way, found));
        return found.providerId;
      }
      readUnderKey = step.transfer.keySeq;
    } catch (error) {
      if (error instanceof Fault) await ctx.transact(tx => raise(tx, transferId, way, error));
      if (!(error instanceof StripeFailure)) throw error;
      await ctx.transact(tx => noteFailure(tx, ctx, transferId, way, step.do === 'send' ? step : null, error));
      if (step.do === 'read' || error.outcome !== 'unknown') throw faultOf(error, way);
      // An unknown outcome is read back at once: most often it can be told.
      failure = error;
      readUnderKey = null;
    }
  }
}

async function plan(
  tx: Transaction,
  ctx: Context,
  id: string,
  way: MoneyWay,
  readUnderKey: number | null,
): Promise<Planned> {
  const transfer = await lockTransfer(tx, id);
  if (!transfer) throw new Fault('not_found', 'There is no such transfer.');
  const { call, absentReadAt, keySeq } = transfer;
  if (readUnderKey !== null) await write(tx, ctx, id, way, { event: 'absent' });
  const readAbsent = readUnderKey === keySeq;
  const step = way.decide(transfer, { call, absentReadAt, now: ctx.now, readAbsent });
  switch (step.do) {
    case 'nothing':
    case 'wait':
      return { do: 'nothing' };
    case 'hold':
      await holdTransfer(tx, id);
      if (isUndone(transfer.orderStatus)) await cancelTransfer(tx, id);
      return { do: 'nothing' };
    case 'read':
      await beginTry(tx, id);
      return { do: 'read', transfer };
    case 'read_later':
      await noteAbsent(tx, id, keySeq);
      return step;
    case 'send':
  }
  return (await freeze(tx, ctx, transfer, way, step.newKey)) ?? { do: 'nothing' };
}

async function freeze(
  tx: Transaction,
  ctx: Context,
  transfer: LockedTransfer,
  way: MoneyWay,
  newKey: boolean,
): Promise<Planned | null> {
  // With a new key, which nothing was sent under, the money may go where the seller's account is now.
  const { accountId, destination: frozen } = transfer;
  const destination = newKey && way.direction === 'transfer' ? (accountId ?? frozen) : (frozen ?? accountId);
  if (destination === null && way.direction === 'transfer') return null;
  const keySeq = await freezeCall(tx, { id: transfer.id, keySeq: transfer.keySeq, newKey, destination });
  if (keySeq === null) return null;
  const key = providerKeyOf({ ...transfer, keySeq });
  const seq = await write(tx, ctx, transfer.id, way, { event: 'sent', providerKey: key });
  return { do: 'send', transfer: { ...transfer, keySeq, destination }, key, destination, seq };
}

async function noteFound(
  tx: Transaction,
  ctx: Context,
  id: string,
  way: MoneyWay,
  { providerId, destination }: Found,
): Promise<void> {
  await lockTransfer(tx, id);
  await write(tx, ctx, id, way, { event: 'found', providerId });
  if (destination !== null) await noteDestination(tx, id, destination);
}

async function noteFailure(
  tx: Transaction,
  ctx: Context,
  id: string,
  way: MoneyWay,
  sent: FrozenCall | null,
  failure: StripeFailure,
): Promise<void> {
  const { outcome, code, requestId } = failure;
  await lockTransfer(tx, id);
  if (sent && (await lastTransferAttempt(tx, id))?.seq === sent.seq) {
    const facts = { providerKey: sent.key, providerRequestId: requestId, faultCode: code };
    await write(tx, ctx, id, way, { event: eventOf(failure), ...facts });
    if (outcome === 'refused') await noteRefusal(tx, id, sent.transfer.keySeq);
    if (outcome === 'unknown' || outcome === 'mismatch') await noteUnknown(tx, id, sent.transfer.keySeq);
  }
  if (outcome !== 'mismatch' && outcome !== 'misconfigured') return;
  const details = { direction: way.direction, code, message: failure.message, providerRequestId: requestId };
  // One wrong key stops every transfer: one alert, not thousands.
  const subject = outcome === 'mismatch' ? id : 'stripe';
  await raiseAlert(tx, { kind: `transfer_${outcome}`, subject, details });
}

function raise(
  tx: Transaction,
  subject: string,
  way: MoneyWay,
  { reason, code, message, cause }: Fault,
): Promise<boolean> {
  const details = { direction: way.direction, message, cause: String(cause) };
  return raiseAlert(tx, { kind: `transfer_${reason ?? code}`, subject, details });
}

function eventOf({ outcome, status }: StripeFailure): TransferEvent {
  if (outcome === 'retry') return status === null ? 'no_answer' : 'busy';
  return outcome;
}

function write(
  tx: Transaction,
  ctx: Context,
  transferId: string,
  way: MoneyWay,
  line: { event: TransferEvent } & Partial<Omit<Parameters<typeof writeTransferAttempt>[1], 'transferId' | 'job'>>,
): Promise<number> {
  return writeTransferAttempt(tx, { transferId, direction: way.direction, job: ctx.job, ...line });
}

/** `mismatch` and `misconfigured` stop the job: repeating them helps nobody. */
function faultOf(failure: StripeFailure, way: MoneyWay): Fault {
  const { outcome, code: reason, message } = failure;
  const stop = outcome === 'mismatch' ? 'unprocessable' : outcome === 'misconfigured' ? 'internal' : 'unavailable';
  return new Fault(stop, `The ${way.direction} did not go through: ${message}`, { reason, cause: failure });
}
