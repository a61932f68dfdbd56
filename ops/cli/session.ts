import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isUuid } from '../../shared/uuid.ts';
import type { Operator } from '../actions/operator.ts';
import type { Environment } from './open.ts';

/** Where one run of the command line reads and writes; tests bring their own. */
export interface Session {
  env: Environment;
  write: (text: string) => void;
  writeError: (text: string) => void;
  readInput: () => Promise<string>;
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

export function commaList(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}
