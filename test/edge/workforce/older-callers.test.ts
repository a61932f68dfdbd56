import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { olderCommandRoutes } from '../../../edge/workforce/routes/older-commands.ts';
import { olderCoreRoutes } from '../../../edge/workforce/routes/older-core.ts';
import { olderQueryRoutes } from '../../../edge/workforce/routes/older-query.ts';
import {
  openStaffing,
  type Client,
  type Colleague,
  type Staffing,
  type Tenant,
  type Vendor,
  type Worker,
} from '../../support/staffing.ts';
import { awaitVerification, certificateOf } from '../../support/verification-scene.ts';

const olderRoutes = [...olderCoreRoutes, ...olderCommandRoutes, ...olderQueryRoutes];
const tagId = 'tag-7';

describe('edge/workforce: older callers', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let client: Client;
  let worker: Worker;
  let hubId: string;
  let vendor: Vendor;
  /** Everything that another tenant's people may ask with. */
  let other: { tenantId: string; client: Client; worker: Worker; admin: Colleague };
  const answered = new Set<string>();

  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    client = await staffing.addClient(tenant);
    worker = await staffing.addWorker(tenant, { fullName: 'Zoe Winter' });
    hubId = await staffing.addHub(client, tenant, { nfcTagId: tagId });
    vendor = await staffing.addVendor(tenant);
    const elsewhere = await staffing.addTenant();
    other = {
      tenantId: elsewhere.id,
      client: await staffing.addClient(elsewhere),
      worker: await staffing.addWorker(elsewhere),
      admin: await staffing.addOther(elsewhere, 'TENANT_ADMIN'),
    };
  });
  after(() => staffing.stop());

  /** Asks as the older caller does, and looks at what tells them where to go. `path` may hold ids. */
  async function ask(token: string, call: string, body?: unknown) {
    const [method, path] = call.split(' ') as [string, string];
    const answer = await staffing.call(method, path, { token, ...(body === undefined ? {} : { body }) });
    assert.ok(answer.status < 300, `${call}: ${answer.text}`);
    noteAnswered(method, path, answer.headers);
    return answer;
  }

  function noteAnswered(method: string, path: string, headers: Headers): void {
    const steps = path.split('/');
    const fits = (route: string) =>
      route.split('/').length === steps.length &&
      route.split('/').every((step, i) => step.startsWith(':') || step === steps[i]);
    const route = olderRoutes.find(candidate => candidate.method === method && fits(candidate.path));
    assert.ok(route, `${method} ${path}`);
    assert.match(headers.get('deprecation') ?? '', /^@\d+$/);
    assert.doesNotMatch(headers.get('link') ?? '', /:\w/);
    assert.match(headers.get('link') ?? '', /^<\/[^>]+>; rel="successor-version"$/);
    answered.add(`${method} ${route.path}`);
  }

  it('have files, models and verifications below /core', async () => {
    const { token } = worker;
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(await certificateOf('Zoe Winter'))]), 'paper.pdf');
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
    const uploaded = await fetch(`${staffing.url}/core/upload-file`, { method: 'POST', headers, body: form });
    const { fileUri } = (await uploaded.json()) as { fileUri: string };
    noteAnswered('POST', '/core/upload-file', uploaded.headers);

    const { body: signed } = await ask(token, 'POST /core/create-signed-url', { fileUri });
    assert.equal((await fetch(signed.signedUrl)).status, 200);
    const { body: said } = await ask(token, 'POST /core/invoke-llm', { prompt: 'Say something.' });
    assert.ok(said.result);

    const asked = { type: 'certification', subjectType: 'certificate', subjectId: 'x', fileUri };
    const { body } = await ask(token, 'POST /core/verifications', asked);
    const id = body.verificationId;
    assert.equal((await awaitVerification(staffing, token, id)).body.status, 'AUTO_PASS');
    const { body: seen } = await ask(token, `GET /core/verifications/${id}`);
    assert.deepEqual([seen.verificationId, seen.status], [id, 'AUTO_PASS']);
    await staffing.db.none("update workforce.verifications set status = 'ERROR' where id = $1", [id]);
    await ask(token, `POST /core/verifications/${id}/retry`);
    await awaitVerification(staffing, token, id);
    const reviewer = await staffing.addOther(tenant, 'REVIEWER');
    const decision = { decision: 'APPROVED' };
    const { body: decided } = await ask(reviewer.token, `POST /core/verifications/${id}/review`, decision);
    assert.equal(decided.status, 'APPROVED');
  });

  it('order, change and cancel, of every type by one path', async () => {
    const position = { roleId: vendor.roleIds[0], workersNeeded: 2, startTime: '09:00', endTime: '17:00' };
    const wish = { hubId, eventName: 'Gala', positions: [position] };
    const create = (more: object) => ask(client.token, 'POST /commands/orders/create', { ...wish, ...more });
    const days = { startDate: '2096-01-02', endDate: '2096-01-15' };
    const { body: single } = await create({ orderDate: '2096-01-02' });
    const { body: series } = await create({ type: 'RECURRING', ...days, recurrenceDays: ['MON', 'TUE'] });
    assert.deepEqual([single.shiftIds.length, series.shiftIds.length], [1, 4]);
    const mixed = await staffing.call('POST', '/commands/orders/create', {
      token: client.token,
      body: { ...wish, ...days, orderDate: '2096-01-02' },
    });
    assert.equal(mixed.status, 400);

    const path = `/commands/orders/${single.orderId}`;
    const { body: changed } = await ask(client.token, `POST ${path}/update`, { eventName: 'Ball' });
    assert.equal(changed.eventName, 'Ball');
    const { body: cancelled } = await ask(client.token, `POST ${path}/cancel`, { reason: 'Rain' });
    assert.equal(cancelled.status, 'CANCELLED');

    const orders = `/query/tenants/${tenant.id}/orders`;
    const { body: page } = await ask(client.token, `GET ${orders}`);
    assert.deepEqual(
      page.items.map(({ orderId, type, eventName }: Record<string, string>) => [orderId, type, eventName]),
      [
        [series.orderId, 'RECURRING', 'Gala'],
        [single.orderId, 'ONE_TIME', 'Ball'],
      ],
    );
    const first = await staffing.call('GET', `${orders}?limit=1`, { token: client.token });
    const next = await staffing.call('GET', `${orders}?limit=1&cursor=${first.body.nextCursor}`, {
      token: client.token,
    });
    assert.deepEqual([next.body.items[0].orderId, next.body.nextCursor], [single.orderId, null]);
    const { body: shown } = await ask(client.token, `GET ${orders}/${series.orderId}`);
    assert.deepEqual([shown.orderId, shown.shifts.length], [series.orderId, 4]);
  });

  it('lead a shift from its assignment to its review', async () => {
    const startsAt = new Date(Date.now() + 600_000);
    const { shiftId, roleId } = await staffing.addShift(tenant, client, hubId, vendor, { startsAt });
    const { staffId } = worker;
    const assigned = await ask(client.token, `POST /commands/shifts/${shiftId}/assign-staff`, { roleId, staffId });
    const { assignmentId } = assigned.body;
    assert.deepEqual([assigned.status, assigned.body.status], [201, 'ASSIGNED']);
    const { body: accepted } = await ask(worker.token, `POST /commands/shifts/${shiftId}/accept`);
    assert.equal(accepted.status, 'ACCEPTED');
    const attendance = `GET /query/tenants/${tenant.id}/assignments/${assignmentId}/attendance`;
    assert.equal((await ask(client.token, attendance)).body.attendance, null);

    const early = { rating: 5 };
    const reviews = `/commands/assignments/${assignmentId}/reviews`;
    const refused = await staffing.call('POST', reviews, { token: client.token, body: early });
    assert.deepEqual([refused.status, refused.body.code], [409, 'ASSIGNMENT_NOT_WORKED']);
    const presence = { assignmentId, nfcTagId: tagId };
    await ask(worker.token, 'POST /commands/attendance/clock-in', presence);
    await ask(worker.token, 'POST /commands/attendance/clock-out', presence);
    for (const { token } of [client, worker]) {
      const { body } = await ask(token, attendance);
      assert.deepEqual(
        [body.status, body.staffId, body.attendance.status, body.attendance.clockInMethod],
        ['CHECKED_OUT', staffId, 'CLOSED', 'NFC'],
      );
    }

    const { body: review } = await ask(client.token, `POST ${reviews}`, { rating: 4, comment: 'Quick.' });
    assert.deepEqual([review.staffId, review.rating], [staffId, 4]);
    const again = await staffing.call('POST', reviews, { token: client.token, body: early });
    assert.deepEqual([again.status, again.body.code], [409, 'ALREADY_REVIEWED']);
    const summary = `GET /query/tenants/${tenant.id}/staff/${staffId}/review-summary`;
    const rival = await staffing.addClient(tenant);
    const points = { 1: 0, 2: 0, 3: 0, 4: 1, 5: 0 };
    for (const [token, reviewCount, averageRating, ratings] of [
      [client.token, 1, 4, points],
      [worker.token, 1, 4, points],
      [rival.token, 0, null, { ...points, 4: 0 }],
    ] as const) {
      const { requestId: _, ...body } = (await ask(token, summary)).body;
      assert.deepEqual(body, { staffId, reviewCount, averageRating, ratings });
    }
    const reviewed = await staffing.call('POST', reviews, { token: rival.token, body: early });
    assert.equal(reviewed.status, 404, "another business's assignment");
  });

  it('cancel a shift, and have favorites', async () => {
    const { shiftId } = await staffing.addShift(tenant, client, hubId, vendor);
    const path = `POST /commands/shifts/${shiftId}/change-status`;
    assert.equal((await ask(client.token, path, { status: 'CANCELLED' })).body.status, 'CANCELLED');

    const { staffId } = worker;
    const commands = `/commands/businesses/${client.businessId}/favorite-staff`;
    const query = `GET /query/tenants/${tenant.id}/businesses/${client.businessId}/favorite-staff`;
    for (const _ of [1, 2])
      assert.equal((await ask(client.token, `POST ${commands}`, { staffId })).body.favorite, true);
    const { body } = await ask(client.token, query);
    assert.deepEqual(
      body.items.map((item: Record<string, string>) => [item['staffId'], item['fullName']]),
      [[staffId, 'Zoe Winter']],
    );
    assert.equal((await ask(client.token, `DELETE ${commands}/${staffId}`)).body.favorite, false);
    assert.deepEqual((await ask(client.token, query)).body.items, []);
    const gone = await staffing.call('DELETE', `${commands}/${staffId}`, { token: client.token });
    assert.equal(gone.status, 404);
  });

  it('see nothing at the path of another tenant, and touch nothing of its', async () => {
    const { orderId, shiftId, roleId } = await staffing.addShift(tenant, client, hubId, vendor);
    const assigned = { roleId, staffId: worker.staffId };
    const { body } = await ask(client.token, `POST /commands/shifts/${shiftId}/assign-staff`, assigned);
    const { assignmentId } = body;
    const below = `/query/tenants/${tenant.id}`;
    const favorites = `businesses/${client.businessId}/favorite-staff`;
    const { staffId } = worker;
    await ask(client.token, `POST /commands/${favorites}`, { staffId });
    const calls: [string, unknown?][] = [
      [`GET ${below}/orders`],
      [`GET ${below}/orders/${orderId}`],
      [`GET ${below}/${favorites}`],
      [`GET ${below}/staff/${staffId}/review-summary`],
      [`GET ${below}/assignments/${assignmentId}/attendance`],
      [`POST /commands/orders/${orderId}/update`, { eventName: 'Theirs' }],
      [`POST /commands/orders/${orderId}/cancel`, { reason: 'Ours' }],
      [`POST /commands/shifts/${shiftId}/assign-staff`, { roleId, staffId: other.worker.staffId }],
      [`POST /commands/shifts/${shiftId}/change-status`, { status: 'CANCELLED' }],
      [`POST /commands/${favorites}`, { staffId }],
      [`DELETE /commands/${favorites}/${staffId}`],
      [`POST /commands/assignments/${assignmentId}/reviews`, { rating: 1 }],
    ];
    // Nor through their own tenant's path.
    const elsewhere = `/query/tenants/${other.tenantId}`;
    for (const path of [
      `orders/${orderId}`,
      `staff/${staffId}/review-summary`,
      `assignments/${assignmentId}/attendance`,
    ])
      calls.push([`GET ${elsewhere}/${path}`]);
    for (const { token } of [other.client, other.admin]) {
      for (const [call, sent] of calls) {
        const [method, path] = call.split(' ') as [string, string];
        const refused = await staffing.call(method, path, { token, ...(sent ? { body: sent } : {}) });
        // An admin has no business to order for.
        const status = /\/(update|cancel)$/.test(path) && token === other.admin.token ? 403 : 404;
        assert.equal(refused.status, status, `${call}: ${refused.text}`);
      }
      const { body: theirs } = await staffing.call('GET', `${elsewhere}/orders`, { token });
      assert.deepEqual(theirs.items, []);
      const liked = await staffing.call('GET', `${elsewhere}/${favorites}`, { token });
      assert.equal(liked.body.items?.length ?? 0, 0);
    }
    const commands: [string, unknown][] = [
      [`/commands/shifts/${shiftId}/accept`, {}],
      ['/commands/attendance/clock-in', { assignmentId, nfcTagId: tagId }],
      ['/commands/attendance/clock-out', { assignmentId, nfcTagId: tagId }],
    ];
    for (const [path, sent] of commands) {
      const refused = await staffing.call('POST', path, { token: other.worker.token, body: sent });
      assert.equal(refused.status, 404, `${path}: ${refused.text}`);
    }
  });

  it('were each answered above', () => {
    const silent = olderRoutes.map(({ method, path }) => `${method} ${path}`).filter(route => !answered.has(route));
    assert.deepEqual(silent, []);
  });
});
