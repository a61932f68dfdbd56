import type { z } from 'zod';
import type { AnySpec, PayloadOf } from '../shared/job.ts';
import type { Log } from '../shared/log.ts';
import type { PortName, Ports } from '../shared/ports/ports.ts';
import type { Transaction } from '../db/connect.ts';

interface BaseContext<Names extends PortName> {
  job: {
    id: string;
    kind: string;
    owner: string;
    tenant: string | null;
    /** From 1. */
    attempt: number;
    maxAttempts: number;
    requestId: string;
  };
  /** When this attempt was claimed, by the database's clock. Handlers never read another. */
  now: Date;
  /** Aborted at the kind's time limit, on cancel, on a lost lease and at the end of a shutdown's grace. */
  signal: AbortSignal;
  log: Log;
  /** What of the outside this handler may touch, by its type. */
  ports: Pick<Ports, Names>;
  /** W3C Trace Context for outgoing calls. */
  traceparent: string | null;
  /** Between 0 and 1; written with the next heartbeat. */
  progress(fraction: number): void;
}

/** For kinds whose effects are rows of ours: they commit together with the result, or not at all. */
export interface LocalContext<Names extends PortName = never> extends BaseContext<Names> {
  tx: Transaction;
}

/** For kinds whose effects are outside: no transaction is open unless the handler opens one. */
export interface RemoteContext<Names extends PortName = never> extends BaseContext<Names> {
  /** The same at every attempt of this job: hand it to the provider, or derive a place from it. */
  onceKey: string;
  /** A short transaction, e.g. to write down what is about to be sent. Never await the outside in it. */
  transact: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
}

export type ContextOf<Spec extends AnySpec, Names extends PortName> = Spec['effect'] extends 'local'
  ? LocalContext<Names>
  : RemoteContext<Names>;

/**
 * The work of one kind. Returns the result or throws: `Fault` ends the job for good, anything else, or
 * `Fault('unavailable')`, is tried again. It never acks, publishes, sleeps, retries, reads the environment or the clock,
 * or writes job state.
 */
export type Handler<Spec extends AnySpec, Names extends PortName = never> = (
  ctx: ContextOf<Spec, Names>,
  payload: PayloadOf<Spec>,
) => Promise<z.input<Spec['result']>>;

/** A handler whose types have been checked where it was registered. */
export type AnyHandler = (ctx: LocalContext<PortName> & RemoteContext<PortName>, payload: unknown) => Promise<unknown>;

/** kind → handler. */
export type Registry = ReadonlyMap<string, AnyHandler>;
