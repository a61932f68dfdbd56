import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { isUnavailable } from '../../../db/connect.ts';
import { JobTail, type TailEvent } from '../job-tail.ts';
import { withRows } from '../open.ts';
import { cut, paint, renderCell, renderDuration, type Color, type Look } from '../print.ts';
import { addReadOptions, type Session } from '../session.ts';

interface TailOptions {
  kind?: string;
  owner?: string;
  json?: boolean;
}

const lookEveryMs = 1_000;
const maxLineCharacters = 400;

export function addTailCommand(program: Command, session: Session): void {
  const tail = program
    .command('tail')
    .description('jobs as they start and end, until Ctrl-C; with --json one object a line')
    .option('--kind <kind>', 'only of this kind')
    .option('--owner <owner>', "only this owner's");
  addReadOptions(tail).action(async ({ kind = null, owner = null, json = false }: Partial<Nullable<TailOptions>>) => {
    const signal = session.interruption?.() ?? AbortSignal.timeout(0);
    await withRows(session.env, async ({ db }) => {
      const jobs = new JobTail(db, { kind, owner });
      for (let wasAway = false; ; ) {
        try {
          const { events, isCut } = await jobs.look();
          for (const event of events) session.write(`${json ? JSON.stringify(event) : lineOf(event, session.look)}\n`);
          if (isCut) session.writeError('More happens than can be told: narrow it by --kind or --owner.\n');
          wasAway = false;
        } catch (error) {
          if (!isUnavailable(error)) throw error;
          if (!wasAway) session.writeError("The database doesn't answer; waiting for it.\n");
          wasAway = true;
        }
        if (signal.aborted) return;
        await delay(lookEveryMs, undefined, { signal }).catch(() => {});
      }
    });
  });
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };

const colors: Record<TailEvent['event'], Color | null> = {
  started: 'dim',
  released: 'dim',
  retrying: 'yellow',
  succeeded: 'green',
  failed: 'red',
  cancelled: 'dim',
};

/** `08:15:02  succeeded  notification         0192f3a0-…  12 ms`. */
function lineOf({ event, at, tookMs, job }: TailEvent, look: Look | undefined): string {
  const { kind, id, owner, attempt, maxAttempts, fault } = job;
  const took = tookMs === null ? '' : tookMs < 1_000 ? `${tookMs} ms` : renderDuration(tookMs / 1_000);
  const says = [
    took,
    attempt > 1 || event === 'retrying' ? `try ${attempt}/${maxAttempts}` : '',
    event === 'failed' || event === 'retrying' ? `${fault?.code}: ${fault?.message}` : event === 'started' ? owner : '',
  ];
  const head = `${at.toISOString().slice(11, 19)}  ${event.padEnd(9)}`;
  const rest = renderCell(`${kind.padEnd(20)}  ${id}  ${says.filter(part => part !== '').join('  ')}`.trimEnd());
  // What went wrong may take a second line; an owner may not.
  const width = look && event === 'started' ? look.width - head.length - 2 : maxLineCharacters;
  return `${paint(head, colors[event], look)}  ${cut(rest, width)}`;
}
