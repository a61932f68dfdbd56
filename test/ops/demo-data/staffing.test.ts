import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { findDemoTenant } from '../../../db/workforce/demo-tenant.ts';
import { callApi } from '../../../ops/demo-data/api.ts';
import { demoPath, readDemoFile } from '../../../ops/demo-data/demo-file.ts';
import { IdentityDesk } from '../../../ops/demo-data/identity-desk.ts';
import { startIdentitySandbox } from '../../../ops/sandbox/identity/server.ts';
import { staffingPeople } from '../../../ops/demo-data/staffing-people.ts';
import { bookedStatuses } from '../../../shared/assignment-state.ts';
import { verificationStatuses } from '../../../shared/verification-state.ts';
import { eventually } from '../../support/eventually.ts';
import { openStaffingSystem, type StaffingSystem } from './staffing-system.ts';

const run = promisify(execFile);
const contextSchema = z.object({
  tenant: z.object({ tenantId: z.uuid(), role: z.string() }),
  business: z.object({ businessName: z.string() }).nullable(),
  staff: z.object({ fullName: z.string() }).nullable(),
});

describe('the staffing demo', function () {
  this.timeout(120_000);
  let system: StaffingSystem;

  before(async () => {
    system = await openStaffingSystem();
  });
  after(() => system.stop());

  const signIn = async ({ email, password }: { email: string; password: string }) => {
    const body = { email, password };
    const { data } = await callApi('POST', `${system.demo.edge}/auth/client/sign-in`, { body });
    return contextSchema.parse(data);
  };
  const count = async (from: string, ...values: unknown[]) =>
    (await system.spine.db.one<{ count: number }>(`select count(*)::integer as count from ${from}`, values)).count;

  it('is taken up where a start was cut short that had registered some of the people', async () => {
    const { owner } = staffingPeople(system.demo.workforce);
    const desk = await IdentityDesk.open(system.demo.identity, { setPasswords: false });
    await desk.keep({ ...owner, password: 'another password' });
    await system.seed();
    const { tenant, business } = await signIn(system.demo.workforce.client);
    assert.deepEqual([tenant.role, business?.businessName], ['CLIENT_OWNER', 'Blue Pier Events']);
  });

  it('has a second client user, a reviewer, and staff whose tokens are good', async () => {
    const { manager, reviewer, staff } = system.demo.workforce;
    assert.equal((await signIn(manager)).tenant.role, 'CLIENT_MANAGER');
    assert.equal((await signIn(reviewer)).tenant.role, 'REVIEWER');
    assert.ok(staff.length >= 2);
    for (const { token } of staff) {
      const { data } = await callApi('GET', `${system.demo.edge}/staff/session`, { token });
      assert.ok(contextSchema.parse(data).staff?.fullName);
    }
    assert.equal(await count('workforce.staff'), 50);
  });

  it('has invoices in every state, two of them open, and a week that waits for its bill', async () => {
    const rows = await system.spine.db.any<{ status: string; number: string }>(
      `select status, document.label as number from workforce.invoices join core.invoices document on document.id = document_id order by week_starts_on`,
    );
    assert.deepEqual(
      rows.map(row => row.status),
      ['VOID', 'PAID', 'APPROVED', 'DISPUTED', 'PENDING', 'PENDING'],
    );
    assert.match(rows[5]!.number, /^INV-\d{4}-000006$/);
    assert.notEqual(await count('workforce.time_card_lines where invoice_id is null'), 0);
    await eventually(async () => assert.equal(await count('core.invoices where rendered_at is not null'), 6), {
      timeoutMs: 60_000,
    });
  });

  it('has verifications in every status, of which a worker process gave three', async () => {
    await eventually(
      async () => {
        const rows = await system.spine.db.any<{ status: string }>('select status from workforce.verifications');
        assert.deepEqual(rows.map(row => row.status).sort(), [...verificationStatuses].sort());
      },
      { timeoutMs: 60_000 },
    );
    assert.equal(await count(`core.jobs where kind = 'verification' and state = 'succeeded'`), 3);
    const from = `workforce.verification_events event where seq = 1 and from_status is null and to_status = 'PENDING'`;
    assert.equal(await count(from), verificationStatuses.length);
  });

  it('shows its first two workers work behind them, and leaves them time for what is to come', async () => {
    const [first, second] = system.demo.workforce.staff;
    for (const { token } of [first!, second!]) {
      const items = async (path: string) =>
        z
          .object({ items: z.array(z.unknown()) })
          .parse((await callApi('GET', `${system.demo.edge}${path}`, { token })).data).items;
      assert.notEqual((await items('/staff/shifts/completed')).length, 0);
      assert.notEqual((await items('/staff/payments/history')).length, 0);
      assert.equal((await items('/staff/notifications')).length, 1);
      assert.deepEqual(await items('/staff/shifts/assigned'), []);
    }
  });

  it('is made once: a later start only signs the staff in again', async () => {
    const tenantId = await findDemoTenant(system.spine.db);
    const before = system.demo.workforce;
    await system.seed();
    assert.equal(await findDemoTenant(system.spine.db), tenantId);
    assert.equal(await count('workforce.tenants'), 1);
    const withoutTokens = ({ staff, ...rest }: typeof before) => ({
      ...rest,
      staff: staff.map(who => ({ ...who, token: '' })),
    });
    assert.deepEqual(withoutTokens(system.demo.workforce), withoutTokens(before));
  });

  const hours = { 'midnight in Chicago': '2031-06-02T05:00:30Z', 'Friday evening there': '2031-03-15T00:30:00Z' };
  for (const [hour, now] of Object.entries(hours))
    it(`agrees with itself at ${hour}`, async () => {
      await system.seed({ anew: true, now: new Date(now) });
      const tenantId = await findDemoTenant(system.spine.db);
      const booked = `(select count(*) from workforce.assignments where shift_role_id = role.id and status = any($2))`;
      const wrong = `workforce.shift_roles role where tenant_id = $1 and workers_booked <> ${booked}`;
      assert.equal(await count(wrong, tenantId, bookedStatuses), 0);
      assert.notEqual(await count(`workforce.attendance where tenant_id = $1 and status = 'OPEN'`, tenantId), 0);
      assert.equal(await count('workforce.invoices where tenant_id = $1 and total_cents > 0', tenantId), 6);
    });

  it('is made again for people whom the sandbox has forgotten', async () => {
    const before = await findDemoTenant(system.spine.db);
    const { identity } = system.demo;
    const other = await startIdentitySandbox();
    system.demo.identity = { url: other.url, apiKey: other.apiKey };
    await system.seed();
    assert.notEqual(await findDemoTenant(system.spine.db), before);
    assert.equal(other.state().users.length, 53);
    system.demo.identity = identity;
    await other.stop();
    await system.seed({ anew: true });
  });

  describe('npm run seed:v2-demo', () => {
    const reset = (env: Record<string, string>) =>
      run(process.execPath, ['--import', 'tsx', 'ops/seed-v2-demo.ts'], {
        env: { PATH: process.env['PATH'], DATA_DIR: system.dataDir, DATABASE_URL: system.databaseUrl, ...env },
      });

    it('puts a new tenant with the same people in the place of the one before, whose rows stay', async () => {
      const before = await findDemoTenant(system.spine.db);
      const shifts = await count('workforce.shifts where tenant_id = $1', before);
      const { stdout } = await reset({});
      const after = await findDemoTenant(system.spine.db);
      assert.notEqual(after, before);
      assert.ok(stdout.includes(after ?? '–'), stdout);
      assert.equal((await signIn(system.demo.workforce.client)).tenant.tenantId, after);
      assert.equal(await count('workforce.shifts where tenant_id = $1', before), shifts);
      assert.equal(await count('workforce.memberships where tenant_id = $1', before), 0);
      const [first] = readDemoFile(demoPath(system.dataDir))!.workforce.staff;
      const { data } = await callApi('GET', `${system.demo.edge}/staff/session`, { token: first!.token });
      assert.equal(contextSchema.parse(data).tenant.tenantId, after);
    });

    it('is refused in production', async () => {
      const before = await findDemoTenant(system.spine.db);
      await assert.rejects(reset({ NODE_ENV: 'production' }), { code: 1, stderr: /in production/ });
      assert.equal(await findDemoTenant(system.spine.db), before);
    });
  });
});
