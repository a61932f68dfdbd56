import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { openStaffing, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';
import { account, askFor, pdf, png, profileCalls } from './profile-calls.ts';

describe("edge/workforce/routes: a worker's profile", function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let zoe: Worker;
  let other: Worker;
  const { get, items, send, sendFile } = profileCalls(
    () => staffing,
    () => zoe,
  );

  before(async () => {
    // Nobody looks at the papers here.
    staffing = await openStaffing({ serve: { worker: false } });
    tenant = await staffing.addTenant();
    other = await staffing.addWorker(await staffing.addTenant());
  });
  beforeEach(async () => {
    zoe = await staffing.addWorker(tenant, { fullName: 'Zoe Doe' });
  });
  after(() => staffing.stop());

  it('is set up by a new worker, who until then may only do that', async () => {
    const phoneNumber = '+15550170001';
    const { sessionInfo } = (await staffing.call('POST', '/auth/staff/phone/start', { body: { phoneNumber } })).body;
    const code = staffing.outside.identity.codeOf(phoneNumber);
    const verified = await staffing.call('POST', '/auth/staff/phone/verify', {
      body: { sessionInfo, code, tenantId: tenant.id },
    });
    const token = verified.body.sessionToken;
    const early = await staffing.call('GET', '/staff/profile/skills', { token });
    assert.deepEqual([early.status, early.body.code], [403, 'NO_STAFF_PROFILE']);
    const body = {
      fullName: 'New Worker',
      preferredLocations: ['Bronx'],
      industries: ['Catering'],
      skills: ['Bar', 'Bar'],
    };
    const { status, body: made } = await send('POST', 'setup', body, { token });
    assert.equal(status, 201);
    const { staffId, requestId: _, ...rest } = made;
    assert.deepEqual(rest, {
      fullName: 'New Worker',
      phone: phoneNumber,
      email: null,
      dateOfBirth: null,
      address: '',
      preferredLocations: ['Bronx'],
      photoUri: null,
      industries: ['Catering'],
      skills: ['Bar'],
    });
    const session = await get('session', { token });
    assert.deepEqual(session.staff, { staffId, fullName: 'New Worker' });
    assert.equal((await send('POST', 'setup', { fullName: 'Renamed' }, { token })).body.staffId, staffId);
    assert.deepEqual((await get('profile/personal-info', { token })).fullName, 'Renamed');
  });

  it('is changed part by part, and each part is as it was last told', async () => {
    const told = { dateOfBirth: '1990-02-28', address: '1 Main St', email: 'zoe@example.com' };
    const { status, body } = await send('PUT', 'personal-info', told);
    assert.deepEqual(
      [status, body.fullName, body.dateOfBirth, body.address],
      [200, 'Zoe Doe', '1990-02-28', '1 Main St'],
    );
    assert.deepEqual((await get('profile/personal-info')).email, 'zoe@example.com');
    for (const [part, field] of [
      ['skills', 'skills'],
      ['industries', 'industries'],
      ['locations', 'preferredLocations'],
    ] as const) {
      const changed = await send('PUT', part, { [field]: ['b', 'a', 'b'] });
      assert.deepEqual([changed.status, changed.body.items, changed.body.nextCursor], [200, ['b', 'a'], null], part);
    }
    assert.deepEqual(await items('skills'), ['b', 'a']);
    assert.deepEqual((await get('profile/personal-info')).preferredLocations, ['b', 'a']);
    await send('PUT', 'privacy', { shareLocation: false });
    const { requestId: _, ...privacy } = await get('profile/privacy');
    assert.deepEqual(privacy, { profileVisible: true, shareLocation: false, marketingMessages: false });
    for (const [part, wrong] of [
      ['personal-info', { dateOfBirth: '2090-01-01' }],
      ['personal-info', { staffId: zoe.staffId }],
      ['skills', { skills: 'x' }],
      ['privacy', { shareLocation: 'no' }],
    ] as const)
      assert.equal((await send('PUT', part, wrong)).status, 400, JSON.stringify(wrong));
  });

  it('names ten people to call in an emergency, and not one more, however many are sent at once', async () => {
    const contact = { fullName: 'Ann', phone: '+1 (555) 010-0000', relationship: 'mother' };
    const { status, body } = await send('POST', 'emergency-contacts', contact);
    assert.deepEqual([status, body.fullName, body.relationship], [201, 'Ann', 'mother']);
    const more = await Promise.all(Array.from({ length: 12 }, () => send('POST', 'emergency-contacts', contact)));
    assert.equal(more.filter(answer => answer.status === 201).length, 9);
    assert.ok(more.every(answer => answer.status === 201 || answer.body.code === 'TOO_MANY_CONTACTS'));
    assert.equal((await items('emergency-contacts')).length, 10);
    assert.deepEqual(await items('emergency-contacts', other), []);
  });

  it('says what is missing, until nothing is', async () => {
    const document = await askFor(staffing, tenant, 'DOCUMENT', 'Passport');
    const before = await get('profile-completion');
    assert.deepEqual(
      [before.complete, before.percent < 100, before.missing.includes('documents')],
      [false, true, true],
    );
    assert.equal((await items('sections')).length, 11);
    await send('PUT', 'personal-info', { dateOfBirth: '1990-01-01', address: 'x' });
    await send('PUT', 'skills', { skills: ['x'] });
    await send('PUT', 'industries', { industries: ['x'] });
    await send('PUT', 'locations', { preferredLocations: ['x'] });
    await send('POST', 'emergency-contacts', { fullName: 'Ann', phone: '5550100000' });
    await sendFile('/staff/profile/photo', png);
    await sendFile(`/staff/profile/documents/${document}/upload`, pdf);
    for (const form of ['I9', 'W4'])
      await send('POST', `tax-forms/${form}/submit`, { fields: { a: 1 }, nationalId: '123456789' });
    assert.deepEqual((await get('profile-completion')).missing, ['bankAccounts']);
    await send('POST', 'bank-accounts', account);
    const { percent, complete, missing } = await get('profile-completion');
    assert.deepEqual([percent, complete, missing], [100, true, []]);
    await staffing.db.none('delete from workforce.staff_items');
    await staffing.db.none('delete from workforce.required_items');
  });

  it('lists benefits with what is left of them', async () => {
    await staffing.db.none(
      `insert into workforce.benefits (id, staff_id, code, title, entitled_hours, used_hours) values ($1, $2, 'PTO', 'Paid time off', 40, 12)`,
      [randomUUID(), zoe.staffId],
    );
    const [{ benefitId: _, ...benefit }] = await items('benefits');
    assert.deepEqual(benefit, {
      code: 'PTO',
      title: 'Paid time off',
      entitledHours: 40,
      usedHours: 12,
      remainingHours: 28,
    });
    assert.deepEqual(await items('benefits', other), []);
  });
});
