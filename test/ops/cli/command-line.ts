import { runCli } from '../../../ops/cli/run-cli.ts';

export interface Ran {
  exitCode: number;
  output: string;
  errors: string;
}

/** Runs one command line in this process. */
export async function ops(env: Record<string, string>, args: readonly string[], input = ''): Promise<Ran> {
  let output = '';
  let errors = '';
  const exitCode = await runCli(args, {
    env,
    write: text => void (output += text),
    writeError: text => void (errors += text),
    readInput: async () => input,
  });
  return { exitCode, output, errors };
}

/** What a command prints with `--json`. */
export async function opsJson(env: Record<string, string>, args: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, output, errors } = await ops(env, [...args, '--json']);
  if (exitCode !== 0) throw new Error(`ended with ${exitCode}: ${errors}`);
  return JSON.parse(output) as Record<string, unknown>;
}
