import fc from 'fast-check';
import { describeSurface } from '../../edge/openapi.ts';
import { listOperations } from '../../edge/openapi/document.ts';
import { loadCatalog } from '../../shared/catalog.ts';
import { assemble, type FuzzRequest } from './assemble.ts';
import { cover, coverageOf, type OperationCoverage } from './coverage.ts';
import { type Draft, draftsOf, type FuzzedOperation, nameOf, operationsOf } from './draft.ts';
import { judge } from './judge.ts';
import { asCurl, type FuzzAnswer, FuzzClient } from './send.ts';
import { kindOfPath } from './value-pool.ts';
import { type FuzzWorld, unlimitedSurfaces } from './world.ts';

export interface FuzzOptions {
  seed: number;
  requests: number;
  /** At once. */
  lanes?: number;
  surface?: string | undefined;
  /** `POST /jobs/{kind}`, or the beginning of it. */
  only?: string | undefined;
  /** Told after each thousand. */
  onProgress?: (sent: number) => void;
  /** Told of the first of each. */
  onFinding?: (finding: Finding) => void;
  /** No more requests are sent once it is aborted. */
  signal?: AbortSignal;
}

export interface Finding {
  operation: string;
  complaint: string;
  count: number;
  /** The first request that showed it, and its answer. */
  curl: string;
  answer: string;
}

export interface FuzzReport {
  sent: number;
  seconds: number;
  coverage: Map<FuzzedOperation, OperationCoverage>;
  /** By operation and complaint. */
  findings: Finding[];
}

/** Every operation of the surfaces' own documents. */
export function fuzzedOperations({ surface, only }: Pick<FuzzOptions, 'surface' | 'only'> = {}): FuzzedOperation[] {
  const catalog = loadCatalog({ echoKinds: true });
  return unlimitedSurfaces()
    .filter(({ name }) => surface === undefined || name === surface)
    .flatMap(described => {
      const document = describeSurface(described, { catalog });
      return operationsOf(described.name, document, listOperations(document));
    })
    .filter(operation => only === undefined || nameOf(operation).startsWith(only.replace(/:(\w+)/g, '{$1}')));
}

/**
 * Sends `requests` requests, every operation in turn, several at once, and holds each answer against its document. The same
 * seed makes the same drafts; the ids in them are of what exists by then, so only one lane repeats a run to the byte.
 */
export async function fuzz(world: FuzzWorld, options: FuzzOptions): Promise<FuzzReport> {
  const { seed, requests, lanes = 8, onProgress, onFinding, signal } = options;
  const operations = fuzzedOperations(options);
  if (operations.length === 0) throw new Error('there is no such operation');
  const client = new FuzzClient(world.url, lanes);
  const report: FuzzReport = { sent: 0, seconds: 0, coverage: coverageOf(operations), findings: [] };
  const startedMs = performance.now();
  const run = (request: FuzzRequest) => attempt({ world, client, report, onFinding }, request);
  const draw = drawing(operations, seed);
  const turns = turnsOf(operations);
  try {
    for (const request of firstLooks(operations, world)) {
      if (report.sent >= requests) break;
      await run(request);
    }
    let turn = 0;
    const lane = async () => {
      while (report.sent < requests && !signal?.aborted) {
        const operation = turns[turn % turns.length] as FuzzedOperation;
        turn += 1;
        const sent = report.sent + 1;
        await run(assemble(draw(operation), operation, world));
        if (sent % 1_000 === 0) onProgress?.(sent);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    client.close();
  }
  report.seconds = (performance.now() - startedMs) / 1_000;
  return report;
}

/** A look at every list before anything else, by those who may: what it shows is what later requests name. */
function firstLooks(operations: readonly FuzzedOperation[], world: FuzzWorld): FuzzRequest[] {
  return operations
    .filter(
      ({ method, path, parameters }) =>
        method === 'GET' && !path.includes('{') && !parameters.some(({ required }) => required),
    )
    .flatMap(operation =>
      world.fitActors(operation).map(actor => ({
        operation,
        mode: 'valid' as const,
        actor,
        path: operation.path,
        headers: { ...actor.headers },
        body: null,
        sent: undefined,
      })),
    );
}

/** Every operation as often as any other, but those that hash a password: each takes as long as a hundred others. */
function turnsOf(operations: readonly FuzzedOperation[]): FuzzedOperation[] {
  const slow = operations.filter(({ path }) => /\/auth\/(register|login)$/.test(path));
  const quick = operations.filter(operation => !slow.includes(operation));
  return quick.length === 0 ? slow : [...quick, ...slow, ...Array.from({ length: 9 }, () => quick).flat()];
}

const batch = 50;

/** The next draft of an operation: a stream for each, so that one operation's requests don't depend on which others run. */
function drawing(operations: readonly FuzzedOperation[], seed: number): (operation: FuzzedOperation) => Draft {
  const streams = new Map(
    operations.map(operation => [operation, { drafts: [] as Draft[], batches: 0, arbitrary: draftsOf(operation) }]),
  );
  return operation => {
    const stream = streams.get(operation)!;
    if (stream.drafts.length === 0) {
      const own = hashOf(`${seed} ${operation.surface} ${nameOf(operation)} ${stream.batches}`);
      stream.drafts = fc.sample(stream.arbitrary, { seed: own, numRuns: batch });
      stream.batches += 1;
    }
    return stream.drafts.shift()!;
  };
}

interface Run {
  world: FuzzWorld;
  client: FuzzClient;
  report: FuzzReport;
  onFinding: FuzzOptions['onFinding'];
}

async function attempt(run: Run, request: FuzzRequest): Promise<void> {
  const { world, client, report } = run;
  const { operation, actor } = request;
  report.sent += 1;
  let answer: FuzzAnswer;
  try {
    answer = await client.send({ ...request, method: operation.method });
  } catch (error) {
    note(run, request, `the connection broke: ${(error as Error).message}`, '');
    return;
  }
  cover(report.coverage.get(operation)!, request, answer);
  for (const complaint of judge(operation, answer))
    note(run, request, complaint, `${answer.status} ${answer.body.toString().slice(0, 600)}`);
  if (answer.status === 401 && actor) await actor.renew();
  if (answer.status < 300) learn(world, request, answer);
}

/** Keeps what a good answer shows, and what a good request held. */
function learn(
  { pool }: FuzzWorld,
  { operation, actor, sent, path }: FuzzRequest,
  { body, headers }: FuzzAnswer,
): void {
  const who = actor?.name ?? 'nobody';
  const segments = path.split('?')[0]!.split('/');
  const ids = segments.filter((_, index) => operation.path.split('/')[index]?.startsWith('{'));
  if (operation.method === 'DELETE') for (const id of ids) pool.forget(who, id);
  if (!/\bjson\b/.test(String(headers['content-type'])) || body.length > 500_000) return;
  const kind = kindOfPath(operation.path);
  const found = JSON.parse(body.toString()) as { nextCursor?: unknown } | null;
  pool.harvest(who, found, kind);
  pool.harvest(who, sent, kind);
  if (typeof sent === 'object' && sent !== null) pool.keepBody(who, nameOf(operation), sent);
  if (typeof found?.nextCursor === 'string') pool.keep(who, `cursor of ${operation.path}`, found.nextCursor);
  if (ids.length > 0) for (const id of idsIn(found).slice(0, 5)) pool.keepPlace(who, operation.path, [...ids, id]);
}

/** Of what an answer holds, not of what that holds. */
function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { id } = value as { id?: unknown };
  return typeof id === 'string' ? [id] : Object.values(value).flatMap(idsIn);
}

/** Indices of lists tell nothing apart, and neither do values. */
function note({ world, report, onFinding }: Run, request: FuzzRequest, given: string, answer: string): void {
  const operation = nameOf(request.operation);
  const complaint = given
    .replace(/\[\d+\]/g, '[]')
    .replace(/: "[^"]*" is/, ': it is')
    .slice(0, 300);
  const known = report.findings.find(finding => finding.operation === operation && finding.complaint === complaint);
  if (known) {
    known.count += 1;
    return;
  }
  const finding = {
    operation,
    complaint,
    count: 1,
    curl: asCurl(world.url, { ...request, method: request.operation.method }),
    answer,
  };
  report.findings.push(finding);
  onFinding?.(finding);
}

/** FNV-1a, in 32 bits with a sign, as fast-check takes it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of Buffer.from(text)) hash = Math.imul(hash ^ char, 0x01000193);
  return hash | 0;
}
