import { randomUUID } from 'node:crypto';
import { type Draft, type FuzzedOperation, nameOf, type Spoil } from './draft.ts';
import type { FuzzActor } from './actors.ts';
import type { FuzzWorld } from './world.ts';
import { formBody, papers } from './form-body.ts';
import { extremeOf } from './hostile.ts';
import { Wish } from './schema-arbitrary.ts';
import { signedBody } from './signed-body.ts';
import { kindOfPath, kindOfQuery, type ValuePool } from './value-pool.ts';

export interface FuzzRequest {
  operation: FuzzedOperation;
  mode: Draft['mode'];
  /** Whose token it carries; null for nobody's. */
  actor: FuzzActor | null;
  /** Below the address of the edge. */
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** What the body holds, where it is JSON. */
  sent: unknown;
}

/** More than 16 KB of a request's head never reach a route: Node answers 431 by itself. */
const maxQueryText = 500;

type Parts = {
  params: Record<string, string>;
  query: [string, string][];
  headers: Record<string, string>;
  body: unknown;
};

/** Makes a request of a draft: who sends it, the ids of things that exist, and what is to be wrong with it. */
export function assemble(draft: Draft, operation: FuzzedOperation, world: FuzzWorld): FuzzRequest {
  const { mode, spoil } = draft;
  const actor = world.chooseActor(operation, draft);
  const parts: Parts = {
    params: Object.fromEntries(
      Object.entries({ ...draft.params, ...placeIn(draft, operation, world.pool, actor) }).map(([name, value]) => {
        const text = String(settle(value, world.pool, actor, kindOfPath(operation.path, name)));
        return [name, encodeText(text.slice(0, 2_000)) || 'x'];
      }),
    ),
    query: Object.entries(draft.query).map(([name, value]) => [
      name,
      textOf(settle(value, world.pool, actor, kindOfQuery(operation.path, name))),
    ]),
    headers: headersOf(draft, operation, actor),
    body: bodyOf(draft, operation, world.pool, actor),
  };
  if (mode === 'nearly valid') spoilOne(parts, spoil, operation);
  const { sent, body } = writeBody(parts, draft, operation, world);
  const request: FuzzRequest = { operation, mode, actor, path: '', headers: parts.headers, body, sent };
  if (mode === 'hostile') spoilBadly(parts, request, spoil);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => parts.params[name] ?? 'x');
  const query = parts.query.map(([name, value]) => `${encodeText(name)}=${encodeText(value)}`).join('&');
  request.path = query === '' ? path : `${path}?${query}`;
  if (request.body) request.headers['content-length'] = String(request.body.length);
  return signedBody(request, draft, world);
}

/** With every wish fulfilled. `kind`: of a path's parameter, whose name may not tell it. */
export function settle(value: unknown, pool: ValuePool, actor: FuzzActor | null, kind?: string): unknown {
  if (value instanceof Wish) {
    const wanted = kind === undefined || value.whose === 'any id' ? value.kind : kind;
    const { whose, index, fits, otherwise } = value;
    // The header says already in which tenant somebody asks.
    const tenant = wanted === 'tenant' ? actor?.headers['x-tenant-id'] : undefined;
    const own = whose === 'own' && actor ? (tenant ?? pool.pick(actor.name, wanted, index, fits)) : undefined;
    return own ?? pool.pick(null, wanted, index, fits) ?? otherwise;
  }
  if (Array.isArray(value)) return value.map(item => settle(item, pool, actor));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, settle(part, pool, actor)]));
  return value;
}

/** Mostly, of a path with several parameters: values that have belonged together. */
function placeIn(
  { key, spoil }: Draft,
  { path }: FuzzedOperation,
  pool: ValuePool,
  actor: FuzzActor | null,
): Record<string, string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string);
  if (names.length < 2 || key % 4 === 0) return {};
  const place = pool.pickPlace(actor?.name ?? null, path, spoil.where);
  return place ? Object.fromEntries(names.map((name, index) => [name, place[index] as string])) : {};
}

/** At times one that was good before, with one field as it was drawn: so that what takes many fields is reached at all. */
function bodyOf(draft: Draft, operation: FuzzedOperation, pool: ValuePool, actor: FuzzActor | null): unknown {
  const drawn = settle(draft.body, pool, actor);
  const { file, spoil } = draft;
  const earlier = actor && file % 3 === 0 ? pool.pickBody(actor.name, nameOf(operation), file >> 2) : undefined;
  if (!earlier || typeof drawn !== 'object' || drawn === null) return drawn;
  const [name, value] = Object.entries(drawn)[spoil.where % Math.max(1, Object.keys(drawn).length)] ?? [];
  return name === undefined ? earlier : { ...earlier, [name]: value };
}

function headersOf(draft: Draft, operation: FuzzedOperation, actor: FuzzActor | null): Record<string, string> {
  const { key, wait, unfit } = draft;
  const names = new Set(operation.parameters.filter(parameter => parameter.in === 'header').map(({ name }) => name));
  const headers: Record<string, string> = {
    'x-forwarded-for': `10.0.${(key >> 3) % 16}.${key % 250}`,
    ...actor?.headers,
  };
  // A token that is none, now and then.
  if (unfit === 99) headers['authorization'] = 'Bearer a.b.c';
  if (names.has('Idempotency-Key')) headers['idempotency-key'] = key % 10 === 0 ? `k${key % 40}` : randomUUID();
  if (names.has('Prefer') && wait) headers['prefer'] = 'wait=1';
  if (names.has('If-None-Match') && wait) headers['if-none-match'] = '"1"';
  return headers;
}

function writeBody(
  parts: Parts,
  draft: Draft,
  operation: FuzzedOperation,
  world: FuzzWorld,
): { sent: unknown; body: Buffer | null } {
  if (!operation.body) return { sent: undefined, body: null };
  const { headers, body: sent } = parts;
  const { contentType } = operation.body;
  if (contentType === 'multipart/form-data') {
    // Some uploads take a file that was sent before, too.
    const fileUri = draft.file % 8 === 0 ? world.pool.pick(null, 'fileuri', draft.file) : undefined;
    if (fileUri === undefined) {
      const form = formBody(sent, papers[draft.file % papers.length]!);
      headers['content-type'] ??= form.contentType;
      return { sent, body: form.bytes };
    }
    const { file: _, ...fields } = { file: null, ...(sent as object) };
    headers['content-type'] ??= 'application/json';
    return { sent, body: Buffer.from(JSON.stringify({ ...fields, fileUri })) };
  }
  headers['content-type'] ??= 'application/json';
  const text = JSON.stringify(sent);
  return { sent, body: text === undefined ? null : Buffer.from(text) };
}

/** One thing is wrong. */
function spoilOne(parts: Parts, { where, how, value, text, segment, header }: Spoil, operation: FuzzedOperation): void {
  const names = Object.keys(parts.params);
  const nodes = operation.body ? nodesOf(parts.body) : [];
  const choices = [
    'query',
    'header',
    ...names.map(() => 'param'),
    ...Array.from({ length: Math.min(nodes.length + 1, 8) }, () => 'body'),
  ];
  switch (choices[where % choices.length]) {
    case 'param':
      parts.params[names[how % names.length]!] = segment;
      break;
    case 'header':
      if (how % 8 === 0) delete parts.headers['idempotency-key'];
      else parts.headers[header[0]] = header[1];
      break;
    case 'body':
      parts.body = spoiled(parts.body, nodes, how, value);
      break;
    default:
      spoilQuery(parts, how, text, operation);
  }
}

function spoilQuery(parts: Parts, how: number, long: string, { parameters }: FuzzedOperation): void {
  const names = parameters.filter(parameter => parameter.in === 'query').map(({ name }) => name);
  const text = long.slice(0, maxQueryText);
  const name = names.length === 0 ? 'a' : names[how % names.length]!;
  const others = parts.query.filter(([field]) => field !== name);
  if (how % 5 === 0) parts.query = others;
  else if (how % 5 === 1) parts.query = [...parts.query, [name, '1'], [name, '2']];
  else if (how % 5 === 2) parts.query = [...parts.query, [text, text]];
  else {
    const [, value] = parts.query.find(([field]) => field === name) ?? [];
    parts.query = [...others, [name, (how % 5 === 3 ? textOf(extremeOf(value, how >> 8)) : '') || text]];
  }
}

/** As much as can be is wrong with one or two of its parts; the others stay, so that it gets somewhere. */
function spoilBadly(
  parts: Parts,
  request: FuzzRequest,
  { where, how, value, text, segment, header, body }: Spoil,
): void {
  const kind = where % 8;
  if (kind <= 1) for (const name of Object.keys(parts.params)) parts.params[name] = segment;
  if (kind === 1 || kind === 2) {
    parts.query = request.operation.parameters
      .filter(parameter => parameter.in === 'query')
      .map(({ name }) => [name, text.slice(0, maxQueryText)]);
    parts.query.push(['a[__proto__]', '1'], ['__proto__', text.slice(0, maxQueryText)]);
  }
  if (kind === 3) parts.headers[header[0]] = header[1];
  if (!request.operation.body) return;
  if (kind === 4) request.body = body;
  if (kind >= 5) {
    // Every field is there, and several are not what they should be.
    const nodes = nodesOf(parts.body);
    let spoilt = parts.body;
    for (let count = 0; count < 3; count += 1) spoilt = spoiled(spoilt, nodes, how + count * 7, value);
    request.sent = spoilt;
    request.body = Buffer.from(JSON.stringify(spoilt) ?? '');
  }
}

interface Node {
  path: readonly (string | number)[];
}

/** Every place in a JSON value, but the root. */
function nodesOf(value: unknown, path: readonly (string | number)[] = []): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [{ path: here }, ...nodesOf(part, here)];
  });
}

/** With one place taken away, taken twice or given another value, or a field that nobody knows. */
function spoiled(value: unknown, nodes: readonly Node[], how: number, by: unknown): unknown {
  const copy: unknown = structuredClone(value);
  const node = nodes[(how >> 2) % Math.max(1, nodes.length)];
  if (!node || how % 16 === 15) return typeof copy === 'object' && copy !== null ? { ...copy, no_such_field: by } : by;
  let parent = copy as Record<string | number, unknown>;
  for (const key of node.path.slice(0, -1)) {
    parent = parent?.[key] as Record<string | number, unknown>;
    if (typeof parent !== 'object' || parent === null) return copy;
  }
  const last = node.path.at(-1) as string | number;
  if (how % 4 === 0) delete parent[last];
  else if (how % 4 === 1 && Array.isArray(parent)) parent.push(parent[last], parent[last]);
  else parent[last] = (how % 4 === 2 ? extremeOf(parent[last], how >> 8) : undefined) ?? by;
  return copy;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function encodeText(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ED%A0%80'; // half of a surrogate pair
  }
}
