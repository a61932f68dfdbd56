import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { transact } from '../../../../db/transact.ts';
import { notifyAllStaff, notifyStaff } from '../../../../db/workforce/notifications.ts';
import { eventually } from '../../../support/eventually.ts';
import { openStaffing, type Staffing, type Tenant, type Worker } from '../../../support/staffing.ts';

describe('edge/workforce/routes: notifications of staff', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let worker: Worker;
  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
  });
  after(() => staffing.stop());
  beforeEach(async () => {
    worker = await staffing.addWorker(tenant);
  });

  const notice = (title: string, more: object = {}) => ({
    tenantId: tenant.id,
    userId: worker.userId,
    type: 'TEST',
    title,
    body: `${title} has happened.`,
    data: { of: title },
    onceKey: randomUUID(),
    ...more,
  });
  const cause = { requestId: randomUUID() };
  const tell = (title: string, more: object = {}) =>
    transact({ db: staffing.spine.db, dispatch: staffing.spine.dispatch }, tx =>
      notifyStaff(tx, notice(title, more), cause),
    );
  const list = async (query = '', token = worker.token) =>
    (await staffing.call('GET', `/staff/notifications${query}`, { token })).body;
  const titles = async (query = '') => (await list(query)).items.map((item: { title: string }) => item.title);
  const read = (id: string, { token } = worker) => staffing.call('POST', `/staff/notifications/${id}/read`, { token });
  const mails = () => staffing.outside.outbox.mails().filter(mail => mail.to.includes(worker.email));
  /** Once every e-mail that is to be sent has been. */
  const settled = () =>
    eventually(async () => {
      const states = await staffing.db.any("select distinct state from core.jobs where kind = 'notification'");
      assert.deepEqual(states, [{ state: 'succeeded' }]);
    });

  it('lists what the worker was told, newest first, page by page, and nothing of others', async () => {
    const other = await staffing.addWorker(tenant);
    for (const title of ['first', 'second', 'third']) {
      await tell(title);
      await eventually(async () => assert.equal((await titles())[0], title));
    }
    await tell('foreign', { userId: other.userId });
    const { items, nextCursor } = await list('?limit=2');
    const [third, second] = items;
    assert.deepEqual(third, {
      notificationId: third.notificationId,
      type: 'TEST',
      title: 'third',
      body: 'third has happened.',
      data: { of: 'third' },
      readAt: null,
      createdAt: third.createdAt,
    });
    assert.equal(second.title, 'second');
    const rest = await list(`?limit=2&cursor=${nextCursor}`);
    assert.deepEqual([rest.items.map((item: { title: string }) => item.title), rest.nextCursor], [['first'], null]);
  });

  it('tells a thing once, in the app and by e-mail', async () => {
    const onceKey = randomUUID();
    const told = await Promise.all([tell('once', { onceKey }), tell('once', { onceKey }), tell('once', { onceKey })]);
    assert.deepEqual(told.sort(), [false, false, true]);
    await settled();
    assert.deepEqual(await titles(), ['once']);
    const [mail, ...others] = mails();
    assert.deepEqual(others, []);
    assert.deepEqual([mail!.subject, mail!.text.trim(), mail!.deliveries], ['once', 'once has happened.', 1]);
  });

  it('tells nobody anything if what it tells comes to nothing', async () => {
    const { db, dispatch } = staffing.spine;
    const undone = transact({ db, dispatch }, async tx => {
      await notifyAllStaff(tx, [notice('undone')], cause);
      throw new Error('undone');
    });
    await assert.rejects(undone, /undone/);
    assert.deepEqual(await titles(), []);
  });

  it('sends nothing to somebody without an address, and to the one in the profile of who has no other', async () => {
    await staffing.db.none('update workforce.users set email = null where id = $1', [worker.userId]);
    await tell('to the profile');
    await settled();
    assert.deepEqual(
      mails().map(mail => mail.subject),
      ['to the profile'],
    );
    await staffing.db.none('update workforce.staff set email = null where id = $1', [worker.staffId]);
    await tell('to nobody');
    await settled();
    assert.equal(mails().length, 1);
    assert.deepEqual(await titles('?limit=1'), ['to nobody']);
    const [job] = await staffing.db.any(
      "select result from core.jobs where kind = 'notification' order by id desc limit 1",
    );
    assert.deepEqual(job!.result, { sent: false, why: 'no_address', providerMessageId: null });
  });

  it('marks as read, once and for good, and filters by it', async () => {
    await tell('old');
    const [old] = (await list()).items;
    await tell('new');
    const first = await read(old.notificationId);
    assert.equal(first.status, 200);
    assert.notEqual(first.body.readAt, null);
    assert.equal((await read(old.notificationId)).body.readAt, first.body.readAt);
    assert.deepEqual([await titles('?unread=true'), await titles('?unread=false')], [['new'], ['old']]);
  });

  it('lets nobody read another’s, not even their own of another tenant, and refuses what makes no sense', async () => {
    const other = await staffing.addWorker(tenant);
    const elsewhere = await staffing.addTenant();
    await tell('private');
    await tell('elsewhere', { tenantId: elsewhere.id });
    const { items } = await list();
    assert.deepEqual(
      items.map((item: { title: string }) => item.title),
      ['private'],
    );
    assert.equal((await read(items[0].notificationId, other)).status, 404);
    const { id } = await staffing.db.one("select id from workforce.notifications where title = 'elsewhere'");
    assert.equal((await read(id)).status, 404);
    assert.equal((await read('no-uuid')).status, 400);
    for (const query of ['?limit=0', '?limit=101', '?unread=maybe', '?cursor=nonsense'])
      assert.equal((await staffing.call('GET', `/staff/notifications${query}`, { token: worker.token })).status, 400);
    const client = await staffing.addClient(tenant);
    assert.equal((await staffing.call('GET', '/staff/notifications', { token: client.token })).status, 403);
  });
});
