import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isUuid } from '../../shared/uuid.ts';
import type { Operator } from '../actions/operator.ts';
import type { Environment } from './open.ts';
import type { Look } from './print.ts';

/** Where one run of the command line reads and writes; tests bring their own. */
export interface Session {
  env: Environment;
  write: (text: string) => void;
  writeError: (text: string) => void;
  readInput: () => Promise<string>;
  /** The terminal that is written to. Without it nothing is cut, coloured or drawn: a pipe, a file, a test. */
  look?: Look;
  /** Reads what must not be shown while it is typed; without it, the input is read. */
  readSecret?: (question: string) => Promise<string>;
  /** From then on Ctrl-C aborts this instead of ending the process. */
  interruption?: () => AbortSignal;
  /** Where progress is drawn. */
  bars?: NodeJS.WriteStream;
}

interface SharedOptions {
  json?: boolean;
  actor?: string;
  reason?: string;
}

/** A command that prints tables, or JSON with `--json`. */
export function addReadOptions(command: Command): Command {
  return command.addOption(new Option('--json', 'print JSON, for machines'));
}

/** A command that changes something, and leaves a row in the audit. */
export function addActOptions(command: Command): Command {
  return addReadOptions(command)
    .addOption(new Option('--actor <name>', 'who acts, for the audit (default: the system user)'))
    .addOption(new Option('--reason <text>', 'why, for the audit'));
}

export function operatorOf(options: SharedOptions): Operator {
  return { actor: options.actor ?? `cli/${userInfo().username}`, reason: options.reason };
}

/** Prints `data` as JSON if that was asked for, else `text`. */
export function say(session: Session, options: SharedOptions, data: unknown, text: string): void {
  session.write(`${options.json ? JSON.stringify(data, null, 2) : text}\n`);
}

export function parseId(text: string): string {
  if (!isUuid(text)) throw new InvalidArgumentError('It must be an id.');
  return text.toLowerCase();
}

/** A parser of whole numbers within bounds, for commander. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return text => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= min && number <= max))
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return number;
  };
}

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `24h`, `7d`, in milliseconds. */
export function parseDuration(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (unitMs[unit] ?? 0);
  if (!(ms > 0)) throw new InvalidArgumentError('It must be a length of time, as 90s, 15m, 24h or 7d.');
  return ms;
}

/** A moment, as ISO-8601 has it, or so long ago: `2026-01-31`, `2026-01-31T08:00Z`, `15m`. */
export function parseMoment(text: string): Date {
  if (/^\d{1,6}[smhd]$/.test(text)) return new Date(Date.now() - parseDuration(text));
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError(
      'It must be a moment, as 2026-01-31 or 2026-01-31T08:00Z, or so long ago, as 15m or 24h.',
    );
  return at;
}

export function parseIds(text: string): string[] {
  return commaList(text).map(parseId);
}

export function commaList(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}
