import { Fault, type FaultCode } from '../../shared/fault.ts';
import type { Route } from '../route.ts';
import type { Surface } from '../surface.ts';
import type { DescribedReference, ResponseObject } from './document.ts';
import { headerReferences } from './headers.ts';

/** The faults that callers are told of route by route, in their words. */
const meanings = {
  malformed: 'The request is not well-formed.',
  invalid: 'The input is not what the schema asks for.',
  missing_idempotency_key: 'The Idempotency-Key is missing.',
  unauthenticated: 'A good bearer token is missing.',
  forbidden: 'Your role does not admit this.',
  not_found: 'It is not there, or not yours to see.',
  conflict: 'Its state does not admit this.',
  gone: 'It was there, and is no more.',
  idempotency_in_progress: 'A request with this Idempotency-Key is still under way.',
  too_large: 'The body is too large.',
  unsupported_media_type: 'The body is not of the content type that is taken here.',
  idempotency_conflict: 'The Idempotency-Key was used for another request.',
  rate_limited: 'Too many requests.',
  bad_gateway: 'A provider failed, or gave an answer that is none.',
  unavailable: 'The service is unavailable for a moment; send the request again.',
} as const satisfies Partial<Record<FaultCode, string>>;

/** Those that a route may tell of beyond what its declaration shows. */
export type DescribedCode = keyof typeof meanings;

const describedCodes = Object.keys(meanings) as DescribedCode[];
const retriedCodes: readonly FaultCode[] = ['idempotency_in_progress', 'rate_limited', 'unavailable'];

/** What can go wrong at a route before and while it does its work, as far as its declaration tells. */
function faultsOf(route: Route): Set<DescribedCode> {
  // Whatever a route takes, a path or a query may hold what no text of ours does.
  const codes = new Set<DescribedCode>([...(route.faults ?? []), 'malformed']);
  const changes = route.method !== 'GET';
  const hasParams = route.path.includes(':');
  const hasBody = route.body !== undefined || route.bodyKind !== undefined;
  const keyed = route.idempotency !== 'none';
  if (hasBody) codes.add('too_large').add('unsupported_media_type');
  if (hasBody || hasParams || route.query || keyed) codes.add('invalid');
  if (route.idempotency === 'required') codes.add('missing_idempotency_key');
  if (keyed) codes.add('idempotency_in_progress').add('idempotency_conflict');
  // Whoever has a good token may still belong to nothing here.
  if (route.roles === 'any' || Array.isArray(route.roles)) codes.add('unauthenticated').add('forbidden');
  if (hasParams) codes.add('not_found');
  if (changes && (keyed || hasParams || 201 in route.response)) codes.add('conflict');
  if (route.limitPerMinute !== 0) codes.add('rate_limited');
  // What has no limit and changes nothing is for whoever watches; how it fails is in its own answers.
  if (route.limitPerMinute !== 0 || changes) codes.add('unavailable');
  return codes;
}

/** Status → reference, for the faults of a route whose status it doesn't answer on its own account. */
export function faultResponsesOf(surface: Surface, route: Route): Record<string, DescribedReference> {
  const responses: Record<string, DescribedReference> = {};
  for (const code of faultsOf(route)) {
    const status = surface.status[code];
    if (status in route.response) continue;
    const earlier = responses[status];
    const description = earlier ? `${earlier.description} Or: ${meanings[code]}` : meanings[code];
    responses[status] = { $ref: `#/components/responses/Fault${status}`, description };
  }
  return responses;
}

const exampleRequestId = '0190a6b2-5c1d-7e3f-8a4b-9c0d1e2f3a4b';

/** One response per status, in the surface's envelope, with the surface's own words as example. */
export function faultResponses(surface: Surface): Record<string, ResponseObject> {
  const responses: Record<string, ResponseObject> = {};
  for (const status of new Set(describedCodes.map(code => surface.status[code]))) {
    const codes = describedCodes.filter(code => surface.status[code] === status);
    const [first] = codes as [DescribedCode];
    const { contentType, body } = surface.explain(new Fault(first, meanings[first]), status, exampleRequestId);
    const headers = ['RequestId'];
    if (codes.some(code => retriedCodes.includes(code))) headers.push('RetryAfter');
    if (codes.includes('rate_limited')) headers.push('RateLimit', 'RateLimitPolicy');
    if (codes.includes('unauthenticated')) headers.push('WwwAuthenticate');
    responses[`Fault${status}`] = {
      description: codes.map(code => meanings[code]).join(' Or: '),
      headers: headerReferences(headers),
      content: {
        [contentType.split(';')[0] as string]: { schema: { $ref: '#/components/schemas/Fault' }, example: body },
      },
    };
  }
  return responses;
}
