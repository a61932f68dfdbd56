import type { OperationCoverage } from './coverage.ts';
import { nameOf } from './draft.ts';
import type { Finding, FuzzReport } from './fuzz.ts';

/** At once, so that a run that is cut short has told it, with the request itself and how to draw others like it again. */
export function writeFinding({ operation, complaint, curl, answer }: Finding, seed: number): void {
  console.log(`\nUNEXPECTED ${operation}: ${complaint}\n  ${curl}\n  → ${answer}`);
  console.log(`  again: npm run fuzz -- --seed ${seed} --only "${operation}"`);
}

/** Prints what each surface was asked and how it answered, the operations that never did what they are for, and what was unexpected. */
export function writeReport({ sent, seconds, coverage, findings }: FuzzReport): void {
  const all = [...coverage.values()];
  for (const surface of new Set(all.map(({ operation }) => operation.surface)))
    writeSurface(
      surface,
      all.filter(({ operation }) => operation.surface === surface),
    );
  for (const { operation, complaint, count } of findings)
    console.log(`unexpected, ${count} ×: ${operation}: ${complaint}`);
  const total = sum(all);
  const of5xx = [...total].filter(([status]) => status >= 500).reduce((count, [, more]) => count + more, 0);
  const undocumented = findings.filter(({ complaint }) => !complaint.startsWith('it is a 5'));
  console.log(`\n${sent} requests in ${Math.round(seconds)} s, ${Math.round(sent / seconds)} a second: ${told(total)}`);
  console.log(`5xx: ${of5xx} · undocumented: ${undocumented.reduce((count, one) => count + one.count, 0)}`);
}

function writeSurface(surface: string, covered: readonly OperationCoverage[]): void {
  const reached = covered.filter(({ statuses }) => statuses.size > 0);
  const done = covered.filter(({ statuses }) => [...statuses.keys()].some(status => status < 400));
  console.log(
    `\n${surface}: ${covered.length} operations, ${reached.length} asked, ${done.length} answered with a success; ${told(sum(covered))}`,
  );
  for (const one of covered) {
    if (!reached.includes(one)) console.log(`  never asked: ${nameOf(one.operation)}`);
    else if (!done.includes(one))
      console.log(`  never more than refused: ${nameOf(one.operation)}  ${told(one.statuses)}${whyOf(one)}`);
  }
}

/** What most of its good requests came to. */
function whyOf({ refusals }: OperationCoverage): string {
  const most = [...refusals].toSorted(([, a], [, b]) => b - a).slice(0, 4);
  return most.map(([words, count]) => `\n    ${count} × ${words}`).join('');
}

function sum(covered: readonly OperationCoverage[]): Map<number, number> {
  const total = new Map<number, number>();
  for (const { statuses } of covered)
    for (const [status, count] of statuses) total.set(status, (total.get(status) ?? 0) + count);
  return total;
}

function told(statuses: ReadonlyMap<number, number>): string {
  return [...statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}
