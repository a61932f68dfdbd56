import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { canonicalJson, fingerprintOf } from '../../../shared/canonical.ts';
import { unseal } from '../../../shared/secret-box.ts';
import { openStaffing, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';
import { account, profileCalls } from './profile-calls.ts';

describe("edge/workforce/routes: a worker's accounts and tax forms", function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let zoe: Worker;
  let other: Worker;
  const { items, send } = profileCalls(
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

  it('keeps account numbers sealed, and shows their last four digits alone', async () => {
    const key = randomUUID();
    const { status, text, body } = await send('POST', 'bank-accounts', account, { key });
    assert.equal(status, 201);
    assert.deepEqual([body.accountType, body.isPrimary, body.accountNumberMasked], ['CHECKING', true, '••••6789']);
    const again = await send('POST', 'bank-accounts', account, { key });
    assert.deepEqual([again.headers.get('idempotent-replayed'), again.body.accountId], ['true', body.accountId]);
    const list = (await staffing.call('GET', '/staff/profile/bank-accounts', { token: zoe.token })).text;
    for (const shown of [text, again.text, list]) assert.ok(!/123456789|2345|02100/.test(shown), shown);
    const row = await staffing.db.one('select * from workforce.staff_accounts where id = $1', [body.accountId]);
    assert.ok(!JSON.stringify(row).includes('23456789'));
    const secrets = staffing.spine.config.encryptionKey;
    assert.equal(unseal(row.accountSealed, 'workforce account number', secrets), '000123456789');
    const kept = await staffing.db.one('select * from core.idempotency where key = $1', [key]);
    assert.ok(!JSON.stringify(kept).includes('23456789'));
    const tried = fingerprintOf('POST', '/staff/profile/bank-accounts', '{}', canonicalJson(account));
    assert.notEqual(kept.fingerprint.toString('hex'), tried, 'the number can be guessed at from what is kept');
    assert.equal((await send('POST', 'bank-accounts', { ...account, accountType: 'x' })).status, 400);
    assert.equal((await send('POST', 'bank-accounts', { ...account, routingNumber: '12' })).status, 400);
  });

  it('has one primary account, the newest that is called so, even when several come at once', async () => {
    await send('POST', 'bank-accounts', account);
    await send('POST', 'bank-accounts', { ...account, isPrimary: false, bankName: 'Second' });
    const third = await send('POST', 'bank-accounts', { ...account, isPrimary: true, bankName: 'Third' });
    assert.equal(third.body.isPrimary, true);
    const [first, ...rest] = await items('bank-accounts');
    assert.deepEqual(
      [first.bankName, rest.map((one: { isPrimary: boolean }) => one.isPrimary)],
      ['Third', [false, false]],
    );
    const racing = Array.from({ length: 4 }, () => send('POST', 'bank-accounts', { ...account, isPrimary: true }));
    assert.deepEqual(new Set((await Promise.all(racing)).map(({ status }) => status)), new Set([201]));
    const all = await items('bank-accounts');
    assert.deepEqual([all.length, all.filter((one: { isPrimary: boolean }) => one.isPrimary).length], [7, 1]);
    assert.deepEqual(await items('bank-accounts', other), []);
  });

  it('fills in tax forms, with the national id sealed wherever it came', async () => {
    assert.deepEqual(
      (await items('tax-forms')).map((form: { formType: string; status: string }) => [form.formType, form.status]),
      [
        ['I9', 'NOT_STARTED'],
        ['W4', 'NOT_STARTED'],
      ],
    );
    const { status, body } = await send('PUT', 'tax-forms/w-4', {
      fields: { filingStatus: 'single', ssn: '123-45-6789' },
    });
    assert.deepEqual([status, body.formType, body.status, body.nationalIdMasked], [200, 'W4', 'DRAFT', '•••-••-6789']);
    assert.deepEqual(body.fields, { filingStatus: 'single' });
    const changed = await send('PUT', 'tax-forms/W4', { nationalId: '987654321' });
    assert.deepEqual([changed.body.nationalIdMasked, changed.body.fields], ['•••-••-4321', { filingStatus: 'single' }]);
    const row = await staffing.db.one('select * from workforce.tax_forms where staff_id = $1', [zoe.staffId]);
    assert.ok(!/98765432|12345678/.test(JSON.stringify(row)));
    const secrets = staffing.spine.config.encryptionKey;
    assert.equal(unseal(row.nationalIdSealed, 'workforce national id', secrets), '987654321');
    for (const hidden of [
      { fields: { note: 'mine is 123-45-6789' } },
      { fields: { note: '987 65 4321' }, nationalId: '987654321' },
      { nationalId: 'x' },
      { fields: { ssn: 'x' } },
    ]) {
      const refused = await send('PUT', 'tax-forms/W4', hidden);
      assert.equal(refused.status, 400);
      assert.ok(!refused.text.includes('4321') && !refused.text.includes('6789'));
    }
    assert.equal((await send('PUT', 'tax-forms/1099', { fields: {} })).status, 400);
  });

  it('submits a tax form once it is filled in, and again only after a change', async () => {
    const nothing = await send('POST', 'tax-forms/W4/submit');
    assert.deepEqual([nothing.status, nothing.body.code], [409, 'TAX_FORM_INCOMPLETE']);
    await send('PUT', 'tax-forms/W4', { fields: { filingStatus: 'single' } });
    const half = await send('POST', 'tax-forms/W4/submit');
    assert.deepEqual([half.body.code, half.body.details], ['TAX_FORM_INCOMPLETE', { missing: 'nationalId' }]);
    const { status, body } = await send('POST', 'tax-forms/W4/submit', { nationalId: '123456789' });
    assert.deepEqual([status, body.status, typeof body.submittedAt], [200, 'SUBMITTED', 'string']);
    assert.equal((await send('POST', 'tax-forms/W4/submit', {})).body.code, 'TAX_FORM_SUBMITTED');
    const changed = await send('PUT', 'tax-forms/W4', { fields: { filingStatus: 'married' } });
    assert.deepEqual([changed.body.status, changed.body.submittedAt], ['DRAFT', null]);
    // The national id is the worker's choice on the I-9.
    assert.equal((await send('POST', 'tax-forms/I9/submit', { fields: { citizen: true } })).status, 200);
  });
});
