import type { Call } from '../../shared/ports/identity.ts';
import type { RouteRequest } from '../route.ts';

/** What a call to a provider carries along of the request that it is made for. */
export function providerCall({ signal, traceparent }: Pick<RouteRequest, 'signal' | 'traceparent'>): Call {
  return { signal, ...(traceparent === null ? {} : { traceparent }) };
}
