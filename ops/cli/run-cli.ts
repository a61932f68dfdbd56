import { Command } from 'commander';
import { addJobsCommands } from './commands/jobs.ts';
import { addKeysCommands } from './commands/keys.ts';
import { addMarketplaceCommands } from './commands/marketplace.ts';
import { addQueuesCommands } from './commands/queues.ts';
import { addSystemCommands } from './commands/system.ts';
import { exitCodes, exitCodesText, tellError } from './exit-codes.ts';
import type { Session } from './session.ts';

const introduction = `Operators' verbs, each with a row in the audit.
Finds the database in DATABASE_URL, else in the "npm start" that runs on DATA_DIR.`;

/** Runs one command line, without the program's name; answers its exit code. Never rejects. */
export async function runCli(args: readonly string[], session: Session): Promise<number> {
  const program = new Command('ops')
    .description(introduction)
    .addHelpText('after', exitCodesText)
    .exitOverride()
    .configureOutput({ writeOut: session.write, writeErr: session.writeError });
  addSystemCommands(program, session);
  addJobsCommands(program, session);
  addQueuesCommands(program, session);
  addKeysCommands(program, session);
  addMarketplaceCommands(program, session);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    const { exitCode, line } = tellError(error);
    if (line !== null) session.writeError(`${line}\n`);
    return exitCode;
  }
}
