import type { Finding, FuzzReport } from './fuzz.ts';

/** At once, so that a run that is cut short has told it. */
export function writeFinding({ operation, complaint, curl, answer }: Finding): void {
  console.log(`\nUNEXPECTED ${operation}: ${complaint}\n  ${curl.slice(0, 4_000)}\n  → ${answer}`);
}

/** Prints the counts of each operation and status, the operations that never did what they are for, and what was unexpected. */
export function writeReport({ sent, seconds, statuses, findings }: FuzzReport): void {
  const total = new Map<number, number>();
  for (const [operation, counts] of [...statuses].toSorted(([a], [b]) => a.localeCompare(b))) {
    for (const [status, count] of counts) total.set(status, (total.get(status) ?? 0) + count);
    console.log(`${operation}  ${describe(counts)}`);
  }
  const idle = [...statuses]
    .filter(([, counts]) => ![...counts.keys()].some(status => status < 400))
    .map(([name]) => name);
  if (idle.length > 0) console.log(`\nnever more than refused: ${idle.join(', ')}`);
  for (const { operation, complaint, count } of findings)
    console.log(`unexpected, ${count} ×: ${operation}: ${complaint}`);
  console.log(`\n${sent} requests, ${Math.round(sent / seconds)} a second; ${describe(total)}`);
  console.log(`${findings.length} unexpected`);
}

function describe(counts: ReadonlyMap<number, number>): string {
  return [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`)
    .join(', ');
}
