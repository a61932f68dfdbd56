import Table from 'cli-table3';
import type { Finding } from './checks/finding.ts';
import type { MessageCheck } from './checks/messages.ts';
import type { Injected } from './inject.ts';
import type { Unexpected } from './ledger.ts';

/** What a run came to. */
export interface Report {
  seed: number;
  injected: Injected[];
  findings: Finding[];
  unexpected: Unexpected[];
  /** What was still moving when it was looked at. */
  restless: string[];
  /** Requests that no answer ever came to. */
  unanswered: string[];
  begun: ReadonlyMap<string, number>;
  seconds: number;
  requests: number;
  retries: number;
  statuses: ReadonlyMap<string, number>;
  jobs: number;
  centsApart: number;
  paidCents: number;
  messages: Omit<MessageCheck, 'findings'>;
}

/** So soon work is to flow again. */
const soonMs = 15_000;

/** Whether anything was lost, done twice, left behind, or answered as nothing should be. */
export function isClean({ findings, unexpected, restless, unanswered, injected }: Report): boolean {
  const recovered = injected.every(({ recoveryMs }) => recoveryMs !== null);
  return recovered && [findings, unexpected, restless, unanswered].every(list => list.length === 0);
}

export function formatReport(report: Report): string {
  const { injected, findings, unexpected, restless, unanswered, messages } = report;
  const table = new Table({
    head: ['fault', 'injected', 'lasted', 'recovery median', 'worst', 'lost', 'doubled', 'wrong', 'unexpected'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const blame = blameOf(injected);
  const names = [...new Set(injected.map(({ name }) => name)), 'before any'];
  for (const name of names.toSorted()) {
    const own = injected.filter(fault => fault.name === name);
    const recoveries = own.map(({ recoveryMs }) => recoveryMs ?? Infinity).sort((a, b) => a - b);
    const lasted = own.map(({ beganAtMs, endedAtMs }) => endedAtMs - beganAtMs).sort((a, b) => a - b);
    const count = (sort: Finding['sort']) =>
      findings.filter(one => one.sort === sort && blame(one.atMs) === name).length;
    const surprises = unexpected.filter(({ atMs }) => blame(atMs) === name).length;
    const counts = [count('lost'), count('doubled'), count('wrong'), surprises];
    if (own.length === 0 && counts.every(n => n === 0)) continue;
    const median = recoveries[recoveries.length >> 1];
    table.push([
      name,
      own.length,
      seconds(lasted[lasted.length >> 1]),
      seconds(median),
      seconds(recoveries.at(-1)),
      ...counts,
    ]);
  }
  const total = (sort: Finding['sort']) => findings.filter(one => one.sort === sort).length;
  const pieces = [...report.begun.values()].reduce((sum, n) => sum + n, 0);
  const mix = [...report.begun].map(([name, n]) => `${name} ${n}`).join(', ');
  const soon = injected.filter(({ recoveryMs }) => recoveryMs !== null && recoveryMs <= soonMs);
  const lines = [
    table.toString(),
    `seed ${report.seed}: ${injected.length} faults in ${report.seconds.toFixed(0)} s; work flowed again within ${soonMs / 1_000} s of the end of ${soon.length} of them`,
    `${pieces} pieces of work begun, ${(pieces / report.seconds).toFixed(0)} a second (${mix})`,
    `${report.jobs} jobs, ${(report.jobs / report.seconds).toFixed(0)} a second; ${report.requests} requests, ${report.retries} of them sent again; answers: ${[...report.statuses].map(([status, n]) => `${status} ${n}`).join(', ')}`,
    `${(report.paidCents / 100).toFixed(2)} EUR paid out; the books are ${report.centsApart} cents apart`,
    `${messages.mails} mails, ${messages.mailsRepeated} again under their Message-ID; ${messages.texts} texts`,
    `${total('lost')} lost, ${total('doubled')} doubled, ${total('wrong')} wrong, ${unexpected.length} unexpected answers`,
  ];
  const detail = [
    ...restless.map(what => `still moving: ${what}`),
    ...unanswered.map(what => `never answered: ${what}`),
    ...unexpected.map(({ what, atMs }) => `unexpected (${blame(atMs)}): ${what}`),
    ...findings.map(({ sort, what, atMs }) => `${sort} (${blame(atMs)}): ${what}`),
  ];
  return [...lines, ...alike(detail)].join('\n');
}

/** Of lines that differ in ids alone, the first, and how many there are. */
function alike(lines: readonly string[]): string[] {
  const groups = new Map<string, { first: string; n: number }>();
  for (const line of lines) {
    const shape = line.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\(.*?\)|\d+/g, '');
    const group = groups.get(shape);
    if (group) group.n += 1;
    else groups.set(shape, { first: line, n: 1 });
  }
  return [...groups.values()].map(({ first, n }) => (n === 1 ? first : `${first}   … ${n} alike`));
}

/** The fault that had begun last before a moment. */
function blameOf(injected: readonly Injected[]): (atMs: number | null) => string {
  return atMs => injected.findLast(({ beganAtMs }) => atMs !== null && beganAtMs <= atMs)?.name ?? 'before any';
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '' : Number.isFinite(ms) ? `${(ms / 1_000).toFixed(2)} s` : 'never';
}
