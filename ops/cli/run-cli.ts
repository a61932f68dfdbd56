import { Command } from 'commander';
import { addAlertsCommands } from './commands/alerts.ts';
import { addFailuresCommands } from './commands/failures.ts';
import { addJobsCommands } from './commands/jobs.ts';
import { addKeysCommands } from './commands/keys.ts';
import { addMarketplaceCommands } from './commands/marketplace.ts';
import { addOperatorsCommands } from './commands/operators.ts';
import { addQueuesCommands } from './commands/queues.ts';
import { addRedriveCommands } from './commands/redrive.ts';
import { addSchedulesCommands } from './commands/schedules.ts';
import { addSeedCommands } from './commands/seed.ts';
import { addSystemCommands } from './commands/system.ts';
import { addTailCommand } from './commands/tail.ts';
import { exitCodes, exitCodesText, tellError } from './exit-codes.ts';
import type { Session } from './session.ts';

const introduction = `Operators' verbs, each with a row in the audit.
Finds the database in DATABASE_URL, else in the "npm start" that runs on DATA_DIR.`;

/** In the order in which the help tells of them. */
const families: readonly ((program: Command, session: Session) => void)[] = [
  addSystemCommands,
  addTailCommand,
  addJobsCommands,
  addFailuresCommands,
  addRedriveCommands,
  addQueuesCommands,
  addSchedulesCommands,
  addAlertsCommands,
  addOperatorsCommands,
  addKeysCommands,
  addMarketplaceCommands,
  addSeedCommands,
];

/** Runs one command line, without the program's name; answers its exit code. Never rejects. */
export async function runCli(args: readonly string[], session: Session): Promise<number> {
  const program = new Command('ops')
    .description(introduction)
    .addHelpText('after', exitCodesText)
    .exitOverride()
    .configureOutput({ writeOut: session.write, writeErr: session.writeError });
  for (const add of families) add(program, session);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    const { exitCode, line } = tellError(error);
    if (line !== null) session.writeError(`${line}\n`);
    return exitCode;
  }
}
