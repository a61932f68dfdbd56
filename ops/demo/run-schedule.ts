import { runCli } from '../cli/run-cli.ts';

/** Has a schedule's jobs made now, as an operator does on the command line beside the system of a data directory. */
export async function runScheduleNow(dataDir: string, name: string): Promise<void> {
  const problems: string[] = [];
  const exitCode = await runCli(['schedules', 'run', name, '--actor', 'demo', '--json'], {
    env: { DATA_DIR: dataDir },
    write: () => {},
    writeError: text => problems.push(text),
    readInput: async () => '',
  });
  if (exitCode !== 0) throw new Error(`ops schedules run ended with ${exitCode}: ${problems.join('')}`);
}
