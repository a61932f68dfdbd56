import {
  isReference,
  type ListedOperation,
  type OpenApiDocument,
  type Parameter,
  resolveReference,
} from '../openapi/document.ts';
import { exampleOf } from './example.ts';

/** The parameters of an operation, references followed. */
export function parametersOf(document: OpenApiDocument, { operation }: ListedOperation): Parameter[] {
  return (operation.parameters ?? []).map(parameter =>
    isReference(parameter) ? (resolveReference(document, parameter.$ref) as Parameter) : parameter,
  );
}

/** The example body of an operation that takes JSON, indented; null where it takes none. */
export function exampleBody(document: OpenApiDocument, { operation }: ListedOperation): string | null {
  const schema = operation.requestBody?.content['application/json']?.schema;
  return schema ? JSON.stringify(exampleOf(document, schema), null, 2) : null;
}

/** A command that calls an operation once `$TOKEN` is set. `baseUrl` without a slash at its end. */
export function curlOf(document: OpenApiDocument, listed: ListedOperation, baseUrl: string): string {
  const { method, operation } = listed;
  const parameters = parametersOf(document, listed);
  const values = parameters.filter(({ in: place }) => place === 'path').map(one => sample(document, listed, one));
  const path = listed.path.replace(/\{\w+\}/g, () => encodeURIComponent(values.shift() ?? ''));
  const query = parameters
    .filter(({ in: place, required }) => place === 'query' && required)
    .map(one => `${one.name}=${encodeURIComponent(sample(document, listed, one))}`)
    .join('&');
  const flags = `${isEventStream(listed) ? ' -N' : ''}${method === 'GET' ? '' : ` -X ${method}`}`;
  const lines = [`curl${flags} ${quoted(`${baseUrl}${path}${query && `?${query}`}`)}`];
  if (operation.security?.some(scheme => 'bearer' in scheme)) lines.push('-H "Authorization: Bearer $TOKEN"');
  if (parameters.some(({ name }) => name === 'Idempotency-Key')) lines.push('-H "Idempotency-Key: $(uuidgen)"');
  const body = operation.requestBody?.content['application/json']?.schema;
  const [otherType] = Object.keys(operation.requestBody?.content ?? {});
  if (body)
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(exampleOf(document, body)))}`);
  else if (otherType === 'multipart/form-data') lines.push('-F file=@file');
  else if (otherType !== undefined) lines.push('--data-binary @file');
  return lines.join(' \\\n  ');
}

function sample(document: OpenApiDocument, { operation }: ListedOperation, { name, schema }: Parameter): string {
  const [kind] = operation['x-kinds'] ?? [];
  if (kind && name.startsWith('kind')) return kind.kind;
  return String(exampleOf(document, schema, name));
}

function isEventStream({ operation }: ListedOperation): boolean {
  const answer = operation.responses['200'];
  return answer !== undefined && !isReference(answer) && 'text/event-stream' in (answer.content ?? {});
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
