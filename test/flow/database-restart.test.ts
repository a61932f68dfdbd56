import assert from 'node:assert/strict';
import { migrate } from '../../db/migrate.ts';
import type { EmbeddedPostgres } from '../../ops/embedded/postgres.ts';
import { eventually } from '../support/eventually.ts';
import { startLoad } from '../support/load.ts';
import { startDedicatedPostgres } from '../support/services.ts';
import { System, type TestEdge } from '../support/system.ts';

/** How often it goes down: each time some statement is cut at another place. */
const restarts = 4;

describe('flow: Postgres restarted under load', function () {
  this.timeout(120_000);
  let postgres: EmbeddedPostgres;
  let system: System;
  let edge: TestEdge;

  before(async () => {
    // Durable: what was committed must be there after a crash.
    postgres = await startDedicatedPostgres({ durable: true });
    await migrate(postgres.url);
    system = await System.open({ databaseUrl: postgres.url });
    [edge] = await Promise.all([system.startEdge(), system.startWorker(), system.startWorker(), system.startTicker()]);
  });
  after(async () => {
    await system.close();
    await postgres.stop();
  });

  it('answers 503 with Retry-After meanwhile, and completes every accepted job once', async () => {
    const local = startLoad(edge, 'tally');
    const remote = startLoad(edge, 'charge');
    for (let restart = 0; restart < restarts; restart += 1) {
      const before = local.accepted() + remote.accepted();
      await eventually(() => assert.ok(local.accepted() + remote.accepted() > before + 100));
      await postgres.restart();
    }
    const before = local.accepted();
    await eventually(() => assert.ok(local.accepted() > before + 20));
    const [tallies, charges] = await Promise.all([local.stop(), remote.stop()]);
    const all = tallies.size + charges.size;

    const refused = [...local.answers, ...remote.answers].filter(answer => answer.status !== 202);
    assert.ok(refused.length > 0);
    for (const answer of refused) {
      assert.equal(answer.status, 503);
      assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    }
    assert.deepEqual(await system.settled(), { succeeded: all });
    await system.assertOnce([...tallies.values()]);
    assert.deepEqual(system.provider.effects().sort(), [...charges.values()].sort());
    // A key that was sent again after a 503 made no second job.
    assert.deepEqual(await system.db.one('select count(*) as jobs, count(distinct idem_key) as keys from core.jobs'), {
      jobs: all,
      keys: all,
    });
  });
});
