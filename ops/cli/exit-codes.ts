import { CommanderError } from 'commander';
import { isUnavailable } from '../../db/connect.ts';
import { ConfigError } from '../../shared/config.ts';
import { Fault, type FaultCode } from '../../shared/fault.ts';

/** What scripts may go by. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, notFound: 3, conflict: 4, unavailable: 5 } as const;

export const exitCodesText = `
Exit codes: 0 done
            1 failed or forbidden; "status --check" misses something; a redrive could not try some jobs again
            2 wrong usage or configuration
            3 no such thing
            4 its state doesn't admit this
            5 nothing to talk to: no database, no running instance`;

const faultExits: Partial<Record<FaultCode, number>> = {
  invalid: exitCodes.usage,
  not_found: exitCodes.notFound,
  conflict: exitCodes.conflict,
  unavailable: exitCodes.unavailable,
};

/** An error as the command line tells it: its exit code, and one line (null where commander has told it already). */
export function tellError(error: unknown): { exitCode: number; line: string | null } {
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? exitCodes.ok : exitCodes.usage, line: null };
  if (error instanceof ConfigError) return { exitCode: exitCodes.usage, line: error.message };
  if (error instanceof Fault) return { exitCode: faultExits[error.code] ?? exitCodes.failed, line: error.message };
  if (isUnavailable(error))
    return { exitCode: exitCodes.unavailable, line: `The database doesn't answer: ${firstLine(error)}` };
  return { exitCode: exitCodes.failed, line: firstLine(error) };
}

/** A refused connection to a name of several addresses has its reasons inside and no message of its own. */
function firstLine(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return firstLine(error.errors[0]);
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
