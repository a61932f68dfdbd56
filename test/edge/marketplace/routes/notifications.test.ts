import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { notify } from '../../../../db/marketplace/notifications.ts';
import { type Marketplace, serveMarketplace } from '../serve.ts';

describe('edge/marketplace/routes: notifications', function () {
  this.timeout(120_000);
  let market: Marketplace;
  let user: { id: string; token: string };
  before(async () => {
    market = await serveMarketplace();
    user = await market.join();
  });
  after(() => market.stop());
  beforeEach(() => market.db.none('delete from marketplace.notifications'));

  const tell = async (userId: string, title: string, onceKey: string = randomUUID()) => {
    await nextMillisecond(); // the order of ids is that of their milliseconds
    return notify(market.db, { userId, type: 'test', title, body: 'It has happened.', data: { of: title }, onceKey });
  };
  const list = async (query = '', token = user.token) =>
    (await market.call('GET', `/api/v1/notifications${query}`, { token })).body.data;
  const titles = async (query = '') => (await list(query)).notifications.map((row: { title: string }) => row.title);
  const read = (id: string, token = user.token) => market.call('POST', `/api/v1/notifications/${id}/read`, { token });

  it('lists what the user was told, newest first, and nobody else’s', async () => {
    const other = await market.join();
    for (const title of ['first', 'second', 'third']) await tell(user.id, title);
    await tell(other.id, 'foreign');
    const { notifications, total } = await list('?limit=2');
    assert.equal(total, 3);
    const [third, second] = notifications;
    assert.deepEqual(third, {
      id: third.id,
      type: 'test',
      title: 'third',
      body: 'It has happened.',
      data: { of: 'third' },
      read_at: null,
      created_at: third.created_at,
    });
    assert.equal(second.title, 'second');
    assert.ok(Math.abs(Date.parse(third.created_at) - Date.now()) < 60_000);
    assert.deepEqual(await titles('?limit=2&offset=2'), ['first']);
  });

  it('tells the same thing once', async () => {
    assert.equal(await tell(user.id, 'once', 'a key'), true);
    assert.equal(await tell(user.id, 'twice', 'a key'), false);
    assert.deepEqual(await titles(), ['once']);
  });

  it('marks as read, once and for good, and filters by it', async () => {
    await tell(user.id, 'old');
    await tell(user.id, 'new');
    const [, old] = (await list()).notifications;
    const first = await read(old.id);
    assert.equal(first.status, 200);
    assert.deepEqual(first.body.data, { ...old, read_at: first.body.data.read_at });
    assert.notEqual(first.body.data.read_at, null);
    assert.deepEqual((await read(old.id)).body, first.body);
    assert.deepEqual([await titles('?unread=true'), (await list('?unread=true')).total], [['new'], 1]);
    assert.deepEqual([await titles('?unread=false'), (await list('?unread=false')).total], [['old'], 1]);
  });

  it('lets nobody read another’s, and refuses what makes no sense', async () => {
    const other = await market.join();
    await tell(user.id, 'private');
    const [row] = (await list()).notifications;
    assert.equal((await read(row.id, other.token)).status, 404);
    assert.equal((await list()).notifications[0].read_at, null);
    assert.equal((await read(randomUUID())).status, 404);
    assert.equal((await read('no-uuid')).status, 400);
    for (const query of ['?limit=0', '?limit=101', '?offset=-1', '?unread=maybe'])
      assert.equal((await market.call('GET', `/api/v1/notifications${query}`, { token: user.token })).status, 400);
    assert.equal((await market.call('GET', '/api/v1/notifications')).status, 401);
  });
});

async function nextMillisecond(): Promise<void> {
  const at = Date.now();
  while (Date.now() === at) await new Promise(resolve => setImmediate(resolve));
}
