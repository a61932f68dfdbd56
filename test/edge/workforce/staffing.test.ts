import assert from 'node:assert/strict';
import { openStaffing, type Staffing } from '../../support/staffing.ts';

describe('the workforce surface', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  before(async () => {
    staffing = await openStaffing();
  });
  after(() => staffing?.stop());

  it('answers an unknown path in its envelope', async () => {
    const answer = await staffing.call('GET', '/client/no-such-thing');
    assert.equal(answer.status, 404);
    assert.deepEqual(Object.keys(answer.body).sort(), ['code', 'details', 'message', 'requestId']);
  });

  it('has makers for everybody in a tenant', async () => {
    const tenant = await staffing.addTenant();
    const client = await staffing.addClient(tenant);
    const hub = await staffing.addHub(client, tenant);
    const vendor = await staffing.addVendor(tenant);
    const shift = await staffing.addShift(tenant, client, hub, vendor);
    const worker = await staffing.addWorker(tenant);
    assert.ok(shift.roleId && worker.token);
  });
});
