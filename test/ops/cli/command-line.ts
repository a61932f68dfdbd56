import { runCli } from '../../../ops/cli/run-cli.ts';
import type { Session } from '../../../ops/cli/session.ts';

export interface Ran {
  exitCode: number;
  output: string;
  errors: string;
}

/** Runs one command line in this process; without a terminal, unless `more` brings one. */
export async function ops(
  env: Record<string, string>,
  args: readonly string[],
  input = '',
  more: Partial<Session> = {},
): Promise<Ran> {
  let output = '';
  let errors = '';
  const exitCode = await runCli(args, {
    env,
    write: text => void (output += text),
    writeError: text => void (errors += text),
    readInput: async () => input,
    ...more,
  });
  return { exitCode, output, errors };
}

/** What a command prints with `--json`. */
export async function opsJson<Answer = Record<string, unknown>>(
  env: Record<string, string>,
  args: readonly string[],
  input = '',
): Promise<Answer> {
  const { exitCode, output, errors } = await ops(env, [...args, '--json'], input);
  if (exitCode !== 0) throw new Error(`ended with ${exitCode}: ${errors}`);
  return JSON.parse(output) as Answer;
}
