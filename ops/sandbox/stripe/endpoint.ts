import type { FaultSubject } from './faults.ts';
import type { Form } from './form.ts';
import type { Rows } from './rows.ts';
import type { Store } from '../store.ts';

/** A request that has passed authentication. */
export interface Call {
  store: Store<Rows>;
  apiKey: string;
  /** The `Stripe-Account` header: on whose behalf; null for the platform itself. */
  account: string | null;
  /** The id in the path, '' where the path has none. */
  id: string;
  params: Form;
  /** Unix seconds, as every `created`. */
  now: number;
  /** `http://127.0.0.1:port`, for links that lead back here. */
  baseUrl: string;
  path: string;
}

/** One call of Stripe's API. */
export interface Endpoint {
  /** As a fault names it: `transfers.create`. */
  name: string;
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  /** What an armed fault may match on; nothing unless told. */
  subject?: (call: Call) => FaultSubject;
  /**
   * Validates the request (a refusal thrown here is never stored) and returns its execution, synchronous: what that returns
   * is the 200 body, what it throws is stored like an answer. It refuses before its first put.
   */
  prepare: (call: Call) => () => unknown;
}
