import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { redactedFields } from '../../shared/log.ts';

const run = promisify(execFile);
const logModule = new URL('../../shared/log.ts', import.meta.url).href;

/** The lines that a process of its own writes: a log goes to the real standard output. */
async function linesOf(script: string): Promise<Record<string, unknown>[]> {
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', `import { createLog } from '${logModule}';\n${script}`],
    { cwd: fileURLToPath(new URL('../../', import.meta.url)) },
  );
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', function () {
  this.timeout(30_000);

  it('never shows a secret field, at the top or one or two levels down', async () => {
    const fields = JSON.stringify(redactedFields);
    const lines = await linesOf(`
      const log = createLog({ level: 'info', name: 'test' });
      for (const field of ${fields}) {
        const secret = { [field]: 'hunter2', shown: 'yes' };
        log.info({ field, ...secret }, 'top');
        log.info({ field, one: secret }, 'one');
        log.info({ field, one: { two: secret } }, 'two');
        log.child(secret).info({ field }, 'child');
      }
    `);
    assert.equal(lines.length, redactedFields.length * 4);
    for (const line of lines) {
      const text = JSON.stringify(line);
      assert.ok(!text.includes('hunter2'), `${String(line['field'])} is shown: ${text}`);
      assert.ok(text.includes('[redacted]') && text.includes('yes'), text);
    }
  });

  it('writes one JSON line per event, with its time in ISO form and the process behind it', async () => {
    const [line, ...rest] = await linesOf(`
      createLog({ level: 'info', name: 'edge' }).info({ requestId: 'r' }, 'request');
      createLog({ level: 'warn', name: 'edge' }).info('not said');
    `);
    assert.deepEqual(rest, []);
    assert.equal(line?.['name'], 'edge');
    assert.equal(line?.['msg'], 'request');
    assert.equal(line?.['requestId'], 'r');
    assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.equal(typeof line?.['pid'], 'number');
  });

  it('tells an error with its causes', async () => {
    const [line] = await linesOf(`
      const cause = new Error('the socket broke');
      createLog({ level: 'info', name: 'x' }).error({ err: new Error('no answer', { cause }) }, 'failed');
    `);
    assert.match(JSON.stringify(line?.['err']), /no answer.*the socket broke/);
  });

  it('has written its last line before the process dies', async () => {
    const lines = await linesOf(`
      const log = createLog({ level: 'info', name: 'x' });
      for (let n = 1; n <= 1000; n += 1) log.info({ n }, 'line');
      process.kill(process.pid, 'SIGKILL');
    `).catch((error: { stdout: string }) =>
      error.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Record<string, unknown>),
    );
    assert.equal(lines[lines.length - 1]?.['n'], 1_000);
  });
});
