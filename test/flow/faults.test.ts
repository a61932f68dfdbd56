import assert from 'node:assert/strict';
import { faultKinds } from '../../ops/faults/kinds.ts';
import { formatReport, isClean } from '../../ops/faults/report.ts';
import { runFaults } from '../../ops/faults/run-faults.ts';

/** Those that are over in a second or two: a broker takes longer to boot than all of them. */
const quick = [
  'kill-worker',
  'postgres-immediate',
  'postgres-cut',
  'broker-cut',
  'front-cut',
  'disk-full',
  'providers-fail',
  'messages-replayed',
];

/** A short one of `npm run faults`, which is where to look further when this fails. */
describe('flow: a whole system, as processes, that is broken again and again', function () {
  this.timeout(300_000);

  it('loses nothing, does nothing twice, and leaves nothing behind', async () => {
    const report = await runFaults({
      seed: 20_261,
      seconds: 15,
      ratePerSecond: 25,
      kinds: faultKinds.filter(({ name }) => quick.includes(name)),
      leaseMs: 2_000,
      settleTimeoutMs: 100_000,
      signal: new AbortController().signal,
      say: () => {},
    });
    assert.ok(isClean(report), formatReport(report));
    assert.ok(report.injected.length >= 3 && report.jobs > 100, formatReport(report));
  });
});
