import { text } from 'node:stream/consumers';
import type { Look } from './print.ts';
import type { Session } from './session.ts';

/** The command line as a process of its own has it: its streams, its terminal, its signals. */
export function openTerminal(): Session {
  const { stdin, stdout, stderr, env } = process;
  // `ops … | head` is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const look = lookOf(stdout);
  const readInput = () => text(stdin);
  return {
    env,
    write: output => stdout.write(output),
    writeError: output => stderr.write(output),
    readInput,
    readSecret: question => (stdin.isTTY ? askHidden(question) : readInput()),
    interruption: () => {
      const interrupted = new AbortController();
      process.once('SIGINT', () => interrupted.abort());
      return interrupted.signal;
    },
    ...(look ? { look } : {}),
    ...(stderr.isTTY ? { bars: stderr } : {}),
  };
}

function lookOf(stdout: NodeJS.WriteStream): Look | null {
  if (!stdout.isTTY) return null;
  const { NO_COLOR: noColor, TERM: terminal } = process.env;
  return { width: stdout.columns, colors: (noColor ?? '') === '' && terminal !== 'dumb' };
}

/** Reads one line from the terminal without showing it. */
async function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // Before the question: an answer may come at once.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stderr.write(question);
  let typed = '';
  try {
    for await (const chunk of stdin as AsyncIterable<string>) {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return typed;
        // Ctrl-C and Ctrl-D, which a terminal in this mode hands over as characters.
        if (key === '\u0003' || key === '\u0004') process.exit(130);
        typed = key === '\u007f' ? typed.slice(0, -1) : typed + key;
      }
    }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}
