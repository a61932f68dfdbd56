import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { demoPath } from '../../ops/demo-data/demo-file.ts';
import { openStaffingSystem, type StaffingSystem } from './demo-data/staffing-system.ts';

const run = promisify(execFile);

describe('npm run smoke', function () {
  this.timeout(180_000);
  let system: StaffingSystem;

  before(async () => {
    system = await openStaffingSystem();
    await system.seed();
  });
  after(() => system.stop());

  const smoke = (...args: string[]) =>
    run(process.execPath, ['--import', 'tsx', 'ops/smoke.ts', '--demo-file', demoPath(system.dataDir), ...args]);

  it('walks every area of the gateway, a line for each call', async () => {
    const { stdout } = await smoke('--url', system.demo.edge);
    for (const area of [
      'client sign-in',
      'staff auth bootstrap',
      'client hub and order write flows',
      'client invoice approve and dispute',
      'staff shift apply, shift accept, clock-in, clock-out, swap request',
      'direct file upload helpers and verification jobs',
      'client and staff sign-out',
    ])
      assert.ok(stdout.includes(`\n${area}\n`), area);
    assert.match(stdout, /^ {2}ok {4}200 +\d+ ms {2}POST \/staff\/clock-out$/m);
    assert.match(stdout, /POST \/client\/billing\/invoices\/:id\/dispute\n/);
    assert.match(stdout, /\d+ checks passed, 0 failed/);
  });

  it('passes again on the same data, and tells what it can no longer do', async () => {
    await smoke();
    const { stdout } = await smoke();
    assert.match(stdout, /ok {4}409 .*dispute {2}of a settled one; "npm run seed:v2-demo" brings open ones/);
  });

  it('ends with 1 where an answer is not what it must be, and goes on with the other areas', async () => {
    system.outside.model.arm({ fault: 'server_error', times: 10 });
    const failed = await smoke().catch((error: { code: number; stdout: string }) => error);
    system.outside.model.clear();
    assert.ok('code' in failed && failed.code === 1);
    assert.match(failed.stdout, /FAIL {2}502 .*POST \/invoke-llm: must be 200: .*MODEL_FAILED/);
    assert.match(failed.stdout, /POST \/auth\/client\/sign-out/);
    assert.match(failed.stdout, /, 1 failed/);
  });

  it('ends with 1 when there is nothing to check', async () => {
    const none = run(process.execPath, ['--import', 'tsx', 'ops/smoke.ts', '--demo-file', '/nonexistent/demo.json']);
    await assert.rejects(none, { code: 1, stderr: /There is no/ });
  });
});
