import Table from 'cli-table3';
import type { Contestant } from './contestant.ts';
import { median } from './percentile.ts';
import type { Round } from './round.ts';

export interface Line {
  contestant: Contestant;
  rounds: Round[];
}

/** The one table: medians over the rounds, with the least and the most where it is a speed. */
export function drawTable(lines: Line[], notes: string[]): string {
  const table = new Table({
    head: ['', 'accepts/s', 'of koa', 'completions/s', 'kept up', 'accept ms', 'result ms at half load', 'peak MB'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  const koa = lines.find(line => line.contestant.name === 'koa');
  const koaSpeed = koa && median(koa.rounds.map(round => round.acceptsPerSecond));
  for (const { contestant, rounds } of lines) {
    if (rounds.length === 0) continue;
    const value = (key: keyof Round) => rounds.flatMap(round => round[key] ?? []);
    const pair = (a: keyof Round, b: keyof Round, show: (n: number) => string) =>
      [a, b].flatMap(key => (value(key).length > 0 ? show(median(value(key))) : [])).join(' / ');
    const accepts = median(value('acceptsPerSecond'));
    table.push([
      contestant.title,
      speed(value('acceptsPerSecond')),
      koaSpeed ? (accepts / koaSpeed).toFixed(2) : '',
      speed(value('completionsPerSecond')),
      value('keptUp').length > 0 ? `${(median(value('keptUp')) * 100).toFixed(0)} %` : '',
      pair('acceptP50Ms', 'acceptP99Ms', ms),
      pair('resultP50Ms', 'resultP99Ms', ms),
      pair('edgeRssMb', 'workerRssMb', mb => mb.toFixed(0)),
    ]);
  }
  const trouble = lines.flatMap(({ contestant, rounds }) => {
    const refused = rounds.reduce((sum, round) => sum + round.refused, 0);
    const lost = rounds.reduce((sum, round) => sum + (round.lost ?? 0), 0);
    return [
      ...(refused > 0 ? [`${contestant.title}: ${refused} requests were not accepted`] : []),
      ...(lost > 0 ? [`${contestant.title}: ${lost} jobs were not completed within a minute of the load`] : []),
    ];
  });
  const loadCpu = Math.max(...lines.flatMap(line => line.rounds.map(round => round.loadCpuShare)));
  const legend = [
    `The load generator used at most ${loadCpu.toFixed(2)} of a core.`,

    'Latencies are p50 / p99; memory is edge / worker; speeds are the median of the rounds (least–most).',
  ];
  return [table.toString(), ...legend, ...notes, ...trouble].join('\n');
}

const ms = (value: number) => (value === Infinity ? 'never' : value.toFixed(value < 10 ? 1 : 0));

const whole = (value: number) => Math.round(value).toLocaleString('en');

function speed(values: number[]): string {
  if (values.length === 0) return '';
  const range = values.length > 1 ? ` (${whole(Math.min(...values))}–${whole(Math.max(...values))})` : '';
  return whole(median(values)) + range;
}
