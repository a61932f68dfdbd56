import type { Route } from '../route.ts';
import type { Header, JsonSchema, Parameter, Reference } from './document.ts';

const text: JsonSchema = { type: 'string' };
const seconds: JsonSchema = { type: 'integer', minimum: 1 };
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'The same key with the same request answers what the first one was answered; with another request it is refused. 1 to 255 visible ASCII characters.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
} as const;

/** Headers that clients may send. */
export const headerParameters: Record<string, Parameter> = {
  RequestId: {
    name: 'X-Request-Id',
    in: 'header',
    description: 'Names the request in logs and answers; one is made if none is sent.',
    schema: { type: 'string', format: 'uuid' },
  },
  IdempotencyKey: idempotencyKey,
  RequiredIdempotencyKey: { ...idempotencyKey, required: true },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description:
      '`wait=N` answers with the finished job if it ends within N seconds, at most 30; `respond-async` never waits.',
    schema: { type: 'string', examples: ['wait=10'] },
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'An `ETag` of an earlier answer: 304 if nothing has changed since.',
    schema: text,
  },
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The id of the last event that was received: only what is newer follows.',
    schema: text,
  },
};

/** Headers that answers carry. */
export const responseHeaders: Record<string, Header> = {
  RequestId: { description: "The request's id", schema: { type: 'string', format: 'uuid' } },
  Location: { description: 'Where the new resource is', schema: { type: 'string', format: 'uri-reference' } },
  RetryAfter: { description: 'Seconds to wait before asking again', schema: seconds },
  ETag: { description: 'Of this state of the resource', schema: text },
  PreferenceApplied: { description: 'The preference that was honoured', schema: text },
  IdempotentReplayed: { description: 'There when this is the answer of an earlier request', schema: { const: 'true' } },
  Deprecation: { description: 'When the route became deprecated (RFC 9745)', schema: text },
  Link: { description: 'The successor\'s path, as `rel="successor-version"`', schema: text },
  RateLimit: { description: 'What is left: `"<policy>";r=<requests>;t=<seconds>`', schema: text },
  RateLimitPolicy: { description: 'The limit: `"<policy>";q=<requests>;w=<seconds>`', schema: text },
  WwwAuthenticate: { description: 'The scheme to authenticate with', schema: { const: 'Bearer' } },
};

const fieldNames: Record<keyof typeof responseHeaders, string> = {
  RequestId: 'X-Request-Id',
  Location: 'Location',
  RetryAfter: 'Retry-After',
  ETag: 'ETag',
  PreferenceApplied: 'Preference-Applied',
  IdempotentReplayed: 'Idempotent-Replayed',
  Deprecation: 'Deprecation',
  Link: 'Link',
  RateLimit: 'RateLimit',
  RateLimitPolicy: 'RateLimit-Policy',
  WwwAuthenticate: 'WWW-Authenticate',
};

export function headerReferences(names: readonly string[]): Record<string, Reference> {
  return Object.fromEntries(names.map(name => [fieldNames[name] as string, { $ref: `#/components/headers/${name}` }]));
}

/** The headers that a route reads, by what it declares. */
export function requestHeadersOf(route: Route, answersJob: boolean): Reference[] {
  const names: string[] = [];
  if (route.idempotency === 'required') names.push('RequiredIdempotencyKey');
  if (route.idempotency === 'honoured') names.push('IdempotencyKey');
  if (mayWait(route, answersJob)) names.push('Prefer');
  if (304 in route.response) names.push('IfNoneMatch');
  if (isEventStream(route)) names.push('LastEventId');
  return names.map(name => ({ $ref: `#/components/parameters/${name}` }));
}

/** The headers of one of a route's good answers. `resource`: the answer is one thing with an id. */
export function responseHeadersOf(
  route: Route,
  status: number,
  { resource, answersJob }: { resource: boolean; answersJob: boolean },
): Record<string, Reference> {
  const names = ['RequestId'];
  const waits = mayWait(route, answersJob);
  if ((status === 201 && resource) || (status === 202 && resource) || (waits && route.method === 'POST'))
    names.push('Location');
  if (status === 202 || (waits && route.method === 'GET')) names.push('RetryAfter');
  if (304 in route.response || waits) names.push('ETag');
  if (waits) names.push('PreferenceApplied');
  if (route.idempotency !== 'none') names.push('IdempotentReplayed');
  if (route.successor !== undefined) names.push('Deprecation', 'Link');
  if (route.limitPerMinute !== 0) names.push('RateLimit', 'RateLimitPolicy');
  return headerReferences(names);
}

/** Whether `Prefer: wait` means something: a 202 that may turn out a 200, or a look at a job. */
function mayWait(route: Route, answersJob: boolean): boolean {
  if (!answersJob) return false;
  return route.method === 'GET' ? 304 in route.response : 202 in route.response && 200 in route.response;
}

function isEventStream(route: Route): boolean {
  const answer = route.response[200];
  return answer !== undefined && 'contentType' in answer && answer.contentType.startsWith('text/event-stream');
}
