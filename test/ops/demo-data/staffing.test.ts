import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSpine, type Spine } from '../../../db/spine.ts';
import { startEdge, type Edge } from '../../../edge/server.ts';
import { callApi } from '../../../ops/demo-data/api.ts';
import type { DemoFile } from '../../../ops/demo-data/demo-file.ts';
import { seedStaffing } from '../../../ops/demo-data/staffing.ts';
import { staffingLogins } from '../../../ops/demo-data/staffing-people.ts';
import { readConfig } from '../../../shared/config.ts';
import { completeSecrets } from '../../../shared/made-secrets.ts';
import { verificationStatuses } from '../../../shared/verification-state.ts';
import { startWorker } from '../../../workers/start.ts';
import type { Worker } from '../../../workers/worker.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { startOutside, type Outside } from '../../support/outside.ts';
import { runDirectory } from '../../support/run-directory.ts';

describe('the staffing demo', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let outside: Outside;
  let spine: Spine;
  let worker: Worker;
  let edge: Edge;
  let demo: Pick<DemoFile, 'workforce' | 'identity'>;

  before(async () => {
    database = await createDatabase();
    outside = await startOutside({ timeoutMs: 5_000 });
    const env = {
      DATABASE_URL: database.url,
      BROKER_URL: 'memory:',
      DATA_DIR: await runDirectory('data'),
      PORT: '0',
      LOG_LEVEL: 'silent',
      RELAY_EVERY_MS: '50',
    };
    spine = await openSpine({ config: completeSecrets(readConfig(env)), name: 'test' });
    worker = await startWorker(spine, outside.ports);
    edge = await startEdge(spine, outside.ports);
    outside.setEdgeUrl(edge.url);
    const { url, apiKey } = outside.identity;
    demo = { workforce: staffingLogins(undefined), identity: { url, apiKey } };
  });
  after(async () => {
    await edge.stop(1_000);
    await worker.stop(1_000);
    await spine.close();
    await outside.stop();
    await database.drop();
  });

  const seed = (anew = false) => {
  	const startedMs = performance.now();
  	const r = seedStaffing({ ...spine, ports: outside.ports }, demo, { anew });
  	r.finally(()=>console.log(performance.now()-startedMs));
  	return r;
  };

  it('x', async () => {
    demo.workforce = await seed();
    for (const q of [
      'select status, count(*) from workforce.orders group by 1',
      'select status, count(*) from workforce.shifts group by 1',
      'select status, count(*) from workforce.assignments group by 1',
      'select status, late, count(*) from workforce.attendance group by 1, 2',
      'select week_starts_on, status, total_cents from workforce.invoices order by 1',
      'select type, status from workforce.verifications',
      'select count(*), sum(amount_cents), count(invoice_id) from workforce.time_card_lines',
      'select title, body from workforce.notifications',
    ]) console.table(await spine.db.any(q));
    await eventually(async () => { 
      const r = await spine.db.any("select v.type, v.status, v.checks from workforce.verifications v"); 
      assert.ok(r.filter(x=>x.status==='PENDING').length<2, JSON.stringify(r));
      console.log(JSON.stringify(r,null,1));
    }, 20000);
    console.table(await spine.db.any('select kind, state, count(*) from core.jobs group by 1,2'));
  });
});
