import { isReference, resolveReference, type ResponseObject } from '../../edge/openapi/document.ts';
import { schemaMistakes } from '../support/json-schema.ts';
import type { FuzzedOperation } from './draft.ts';
import type { FuzzAnswer } from './send.ts';

/** What is wrong with an answer: it is a 5xx, its document does not know it, or it isn't as that says. */
export function judge({ operation, document }: FuzzedOperation, answer: FuzzAnswer): string[] {
  const { status, headers, body, endless } = answer;
  const named = operation.responses[String(status)];
  // That something else is not well is what health routes are there to tell.
  const tellsHealth = operation.tags.includes('health') && named !== undefined && !isReference(named);
  const complaints = status >= 500 && !tellsHealth ? [`it is a ${status}`] : [];
  if (!named) return [...complaints, `the status ${status} is not documented`];
  const response = isReference(named) ? (resolveReference(document, named.$ref) as ResponseObject) : named;
  if (headers['x-request-id'] === undefined) complaints.push('it has no X-Request-Id');
  const contentType = headers['content-type'];
  const type = typeof contentType === 'string' ? contentType.split(';')[0]?.trim() : undefined;
  if (!response.content) {
    if (body.length > 0) complaints.push(`${status} has a body, and none is documented`);
    return complaints;
  }
  if (body.length === 0 && status === 416) return complaints; // there is nothing to send of such a range
  const media =
    Object.entries(response.content).find(([name]) => name.split(';')[0] === type)?.[1] ?? response.content['*/*'];
  if (!media)
    return [...complaints, `${status} is ${type ?? 'of no type'}, not ${Object.keys(response.content).join(' or ')}`];
  if (endless || !/\bjson$/.test(type ?? '') || !media.schema || response.content['*/*'] === media) return complaints;
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return [...complaints, `the body of ${status} is not JSON`];
  }
  return [...complaints, ...schemaMistakes(document, media.schema, value).map(mistake => `${status}: ${mistake}`)];
}
