import assert from 'node:assert/strict';
import { connectDatabase, type Database, isUnavailable } from '../../../db/connect.ts';
import { startProxy, type Proxy } from '../../../ops/faults/proxy.ts';
import { Leadership } from '../../../ops/ticker/leadership.ts';
import { createLog } from '../../../shared/log.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';

describe('leadership', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let proxy: Proxy;
  let near: Database;
  let distant: Database;
  const log = createLog({ level: 'silent', name: 'test' });

  before(async () => {
    database = await createDatabase();
    proxy = await startProxy(database.url);
    const connect = (url: string) => connectDatabase({ url, maxConnections: 2, applicationName: 'test' });
    near = connect(database.url);
    distant = connect(proxy.url);
  });
  after(async () => {
    await Promise.all([near.$pool.end(), distant.$pool.end()]);
    await proxy.stop();
    await database.drop();
  });

  it('is one ticker’s at a time, and the next one’s when it is released', async () => {
    const [first, second] = [new Leadership(near, log), new Leadership(near, log)];
    assert.equal(await first.hold(), true);
    assert.equal(await second.hold(), false);
    await first.release();
    assert.equal(await second.hold(), true);
    await second.release();
  });

  it('is lost with its connection, also while that is being asked, and got again by a new one', async () => {
    const [leader, other] = [new Leadership(distant, log), new Leadership(near, log)];
    assert.equal(await leader.hold(), true);
    proxy.holdAnswers();
    const asked = leader.hold();
    asked.catch(() => {}); // told below
    await new Promise(setImmediate); // the question is on its way
    proxy.cut();
    await assert.rejects(asked, isUnavailable);
    assert.equal(leader.leads, false);
    await eventually(async () => assert.equal(await other.hold(), true));
    assert.equal(await leader.hold(), false);
    await other.release();
    assert.equal(await leader.hold(), true);
    await leader.release();
  });
});
