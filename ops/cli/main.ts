import { text } from 'node:stream/consumers';
import { runCli } from './run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  write: output => process.stdout.write(output),
  writeError: output => process.stderr.write(output),
  readInput: () => text(process.stdin),
});
