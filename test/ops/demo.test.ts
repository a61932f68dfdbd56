import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('npm run demo', function () {
  // It makes a database cluster and may boot a RabbitMQ, and a seller's balance is shown up to ten seconds late.
  this.timeout(180_000);

  const demo = (...args: string[]) => {
    const running = run(process.execPath, ['--import', 'tsx', 'ops/demo.ts', ...args]);
    // A run that is cut short leaves no system behind.
    const end = () => running.child.kill();
    process.once('exit', end);
    return running.finally(() => process.off('exit', end));
  };

  it('drives a system of its own, from a registration to an export, from an ordered shift to a disputed invoice, from an edit offline to an invoice by WhatsApp', async () => {
    const { stdout } = await demo();
    assert.match(stdout, /transfer completes: .*sent, completed/);
    for (const file of ['/invoice.pdf', 'credit-note.pdf', 'export.zip', 'staffing-invoice.pdf', 'field-invoice.pdf'])
      assert.ok(stdout.includes(file), file);
    assert.match(stdout, /it completes: sent, refused \(balance_insufficient\), sent, completed/);
    assert.match(stdout, /the third is told that it is full/);
    assert.match(stdout, /the client disputes it: INV-\d{4}-000007/);
    assert.match(stdout, /read, and passes: .*holder_name pass, expiry pass/);
    assert.match(stdout, /the later wins, and is told so: Email updated on another device; client value kept/);
    assert.match(stdout, /each is delivered: whatsapp delivered, sms delivered, email sent/);
    assert.match(stdout, /all \d+ steps are as they must be/);
    assert.doesNotMatch(stdout, /FAIL/);
    const [saved = ''] = /\/\S+(?=\/invoice\.pdf)/.exec(stdout) ?? [];
    await rm(saved, { recursive: true });
  });

  it('ends with 1 when there is nothing to drive', async () => {
    await assert.rejects(demo('--demo-file', '/nonexistent/demo.json'), { code: 1, stderr: /There is no/ });
  });

  it('ends with 2 for an address without the accounts to use there', async () => {
    await assert.rejects(demo('--url', 'http://127.0.0.1:1'), { code: 2 });
  });
});
