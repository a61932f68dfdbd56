import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { uuidV7 } from '../../../../shared/uuid.ts';
import { openOrderScene, type OrderScene } from '../order-scene.ts';

describe('edge/workforce/routes: hubs', function () {
  this.timeout(120_000);
  let scene: OrderScene;
  before(async () => {
    scene = await openOrderScene();
  });
  after(() => scene.stop());

  const call = (method: string, path: string, body?: unknown, token = scene.client.token) =>
    scene.staffing.call(method, `/client/hubs${path}`, { token, ...(body === undefined ? {} : { body }) });
  const add = async (more: object = {}) => {
    const { status, body } = await call('POST', '', { name: 'Dock', timeZone: 'Europe/Berlin', ...more });
    assert.equal(status, 201);
    return body;
  };
  const codeOf = async (method: string, path: string, body?: unknown, token?: string) => {
    const answer = await call(method, path, body, token);
    return `${answer.status} ${answer.body.code}`;
  };
  const costCenter = async (businessId = scene.client.businessId) => {
    const id = uuidV7();
    await scene.staffing.db.none(
      'insert into workforce.cost_centers (id, tenant_id, business_id, code, name) values ($1, $2, $3, $4, $4)',
      [id, scene.tenant.id, businessId, id.slice(-6)],
    );
    return id;
  };

  it('adds one with what is given, and the usual for the rest', async () => {
    const costCenterId = await costCenter();
    const full = {
      name: 'Main hall',
      address: '1 High Street',
      latitude: 52.52,
      longitude: 13.405,
      timeZone: 'Europe/Berlin',
      costCenterId,
      clockInMode: 'NFC_REQUIRED',
      radiusMeters: 75,
    };
    const { requestId, hubId, createdAt, updatedAt, ...rest } = await add(full);
    assert.ok(requestId && hubId && createdAt && updatedAt);
    assert.deepEqual(rest, { ...full, nfcTagId: null });
    const plain = await add();
    assert.deepEqual(
      [plain.address, plain.latitude, plain.costCenterId, plain.clockInMode, plain.radiusMeters],
      ['', null, null, 'EITHER', 150],
    );
  });

  it('refuses what makes no sense', async () => {
    for (const wrong of [
      { name: ' ' },
      { timeZone: 'Europe/Atlantis' },
      { timeZone: '+02:00' },
      { latitude: 91, longitude: 0 },
      { latitude: 1 },
      { radiusMeters: 9 },
      { clockInMode: 'NEVER' },
      { nfcTagId: 'x' },
    ])
      assert.equal(
        await codeOf('POST', '', { name: 'Dock', timeZone: 'UTC', ...wrong }),
        '400 INVALID',
        JSON.stringify(wrong),
      );
    assert.equal(await codeOf('POST', '', { name: 'Dock' }), '400 INVALID');
    // Some runtimes' calendars take this one; Postgres' doesn't, and the reports go by it.
    assert.match(await codeOf('POST', '', { name: 'Dock', timeZone: 'PNT' }), /^400 INVALID/);
  });

  it('changes what is sent and leaves the rest', async () => {
    const { hubId, ...hub } = await add({ address: '1 High Street', latitude: 1, longitude: 2 });
    const { status, body } = await call('PUT', `/${hubId}`, { name: 'Pier', latitude: null, longitude: null });
    assert.equal(status, 200);
    assert.deepEqual(
      { ...body, updatedAt: null, requestId: null },
      { ...hub, hubId, name: 'Pier', latitude: null, longitude: null, updatedAt: null, requestId: null },
    );
    assert.equal(await codeOf('PUT', `/${hubId}`, {}), '400 INVALID');
    assert.equal(await codeOf('PUT', `/${hubId}`, { latitude: 1 }), '400 INVALID');
  });

  it('takes only a cost center of the business', async () => {
    const { hubId } = await add();
    const colleague = await scene.staffing.addClient(scene.tenant);
    const foreign = await costCenter(colleague.businessId);
    for (const costCenterId of [foreign, randomUUID()]) {
      assert.equal(await codeOf('PUT', `/${hubId}`, { costCenterId }), '404 COST_CENTER_NOT_FOUND');
      assert.equal(
        await codeOf('POST', '', { name: 'Dock', timeZone: 'UTC', costCenterId }),
        '404 COST_CENTER_NOT_FOUND',
      );
    }
    assert.equal((await call('PUT', `/${hubId}`, { costCenterId: await costCenter() })).status, 200);
  });

  it('is deleted once no order uses it any more, and keeps its clock until then', async () => {
    const { hubId } = await add();
    const { orderId } = await scene.order({ hubId });
    assert.equal(await codeOf('DELETE', `/${hubId}`), '409 HUB_DELETE_BLOCKED');
    assert.equal(await codeOf('PUT', `/${hubId}`, { timeZone: 'UTC' }), '409 HUB_TIME_ZONE_BLOCKED');
    assert.equal((await call('PUT', `/${hubId}`, { timeZone: 'Europe/Berlin', name: 'Quay' })).status, 200);
    await scene.post(`/client/orders/${orderId}/cancel`, { reason: 'It rains.' });
    assert.equal((await call('PUT', `/${hubId}`, { timeZone: 'UTC' })).status, 200);
    const { status, body } = await call('DELETE', `/${hubId}`);
    assert.deepEqual([status, body.hubId, body.deleted], [200, hubId, true]);
    assert.equal(await codeOf('DELETE', `/${hubId}`), '404 HUB_NOT_FOUND');
    assert.equal(await codeOf('PUT', `/${hubId}`, { name: 'Gone' }), '404 HUB_NOT_FOUND');
    const { count } = await scene.staffing.db.one('select count(*) from workforce.hubs where id = $1', [hubId]);
    assert.equal(count, 1);
  });

  it('is not deleted while a permanent order will come back to it', async () => {
    const { hubId } = await add();
    const asked = { hubId, eventName: 'Desk', positions: [scene.position()], startDate: scene.day(1), daysOfWeek: [1] };
    const { orderId } = (await scene.post('/client/orders/permanent', { ...asked, horizonDays: 7 })).body;
    await scene.staffing.db.none(`update workforce.shifts set status = 'CANCELLED' where order_id = $1`, [orderId]);
    assert.equal(await codeOf('DELETE', `/${hubId}`), '409 HUB_DELETE_BLOCKED');
  });

  it('leaves no order at a hub that is deleted in that moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { hubId } = await add();
      const order = { hubId, eventName: 'Gala', orderDate: scene.day(2), positions: [scene.position()] };
      const [deleted, ordered] = await Promise.all([
        call('DELETE', `/${hubId}`),
        scene.post('/client/orders/one-time', order),
      ]);
      const outcome = `${deleted.status} ${ordered.status}`;
      assert.ok(['200 404', '409 201'].includes(outcome), outcome);
    }
  });

  it('has one NFC tag, which hangs nowhere else in the tenant', async () => {
    const [one, other] = [await add(), await add()];
    const nfcTagId = `tag-${randomUUID()}`;
    const { status, body } = await call('POST', `/${one.hubId}/assign-nfc`, { nfcTagId });
    assert.deepEqual([status, body.nfcTagId], [200, nfcTagId]);
    assert.equal((await call('POST', `/${one.hubId}/assign-nfc`, { nfcTagId })).status, 200);
    assert.equal(await codeOf('POST', `/${other.hubId}/assign-nfc`, { nfcTagId }), '409 NFC_TAG_IN_USE');
    assert.equal((await call('DELETE', `/${one.hubId}`)).status, 200);
    assert.equal((await call('POST', `/${other.hubId}/assign-nfc`, { nfcTagId })).status, 200);
  });

  it('is managed by colleagues of the same business only', async () => {
    const { hubId } = await add();
    const { businessId } = scene.client;
    const colleague = await scene.staffing.addClient(scene.tenant, { businessId, role: 'CLIENT_MANAGER' });
    const stranger = await scene.staffing.addClient(scene.tenant);
    const { status, body } = await call('POST', `/${hubId}/managers`, { userId: colleague.userId });
    const { requestId: _, ...manager } = body;
    assert.deepEqual(
      [status, manager],
      [201, { hubId, userId: colleague.userId, displayName: 'Jo Doe', email: colleague.email }],
    );
    assert.equal((await call('POST', `/${hubId}/managers`, { userId: colleague.userId })).status, 201);
    assert.equal(await codeOf('POST', `/${hubId}/managers`, { userId: stranger.userId }), '404 USER_NOT_FOUND');
    const managers = await scene.staffing.db.any('select user_id from workforce.hub_managers where hub_id = $1', [
      hubId,
    ]);
    assert.deepEqual(managers, [{ userId: colleague.userId }]);
  });

  it('is nobody else’s', async () => {
    const { hubId } = await add();
    const { token } = await scene.staffing.addClient(scene.tenant);
    assert.equal(await codeOf('PUT', `/${hubId}`, { name: 'Mine' }, token), '404 HUB_NOT_FOUND');
    assert.equal(await codeOf('DELETE', `/${hubId}`, undefined, token), '404 HUB_NOT_FOUND');
    assert.equal(await codeOf('POST', `/${hubId}/assign-nfc`, { nfcTagId: 'mine' }, token), '404 HUB_NOT_FOUND');
    assert.equal(
      await codeOf('POST', `/${hubId}/managers`, { userId: scene.client.userId }, token),
      '404 HUB_NOT_FOUND',
    );
    const worker = await scene.staffing.addWorker(scene.tenant);
    assert.equal(await codeOf('POST', '', { name: 'Mine', timeZone: 'UTC' }, worker.token), '403 FORBIDDEN');
  });
});
