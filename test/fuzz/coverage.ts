import type { FuzzRequest } from './assemble.ts';
import type { FuzzedOperation } from './draft.ts';
import type { FuzzAnswer } from './send.ts';

/** How an operation has answered. */
export interface OperationCoverage {
  operation: FuzzedOperation;
  /** Status → how often. */
  statuses: Map<number, number>;
  /** Why requests were refused that are as their document says → how often. */
  refusals: Map<string, number>;
}

export function coverageOf(operations: readonly FuzzedOperation[]): Map<FuzzedOperation, OperationCoverage> {
  return new Map(operations.map(operation => [operation, { operation, statuses: new Map(), refusals: new Map() }]));
}

export function cover({ statuses, refusals }: OperationCoverage, { mode }: FuzzRequest, answer: FuzzAnswer): void {
  const { status } = answer;
  raise(statuses, status);
  if (mode === 'valid' && status >= 400) raise(refusals, `${status} ${wordsOf(answer.body)}`);
}

function raise<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** An error's code and message, in the envelope of any surface, without what differs from one to the next. */
function wordsOf(body: Buffer): string {
  let told: unknown;
  try {
    told = JSON.parse(body.toString());
  } catch {
    return '';
  }
  const outer = (told ?? {}) as Record<string, unknown>;
  const { error } = outer;
  const inner = typeof error === 'object' && error !== null ? { ...outer, ...error } : outer;
  const { code, message, detail } = inner;
  const words = [code, message ?? detail ?? error].filter(word => typeof word === 'string').join(': ');
  return words.replaceAll(/\d+/g, 'n').slice(0, 160);
}
