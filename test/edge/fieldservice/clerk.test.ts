import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { decodeJwt, UnsecuredJWT } from 'jose';
import { type Field, openField } from '../../support/field.ts';

const invalid = { error: { code: 'UNAUTHORIZED', message: 'Invalid token', details: {} } };

describe('edge/fieldservice: who asks', function () {
  this.timeout(120_000);
  let field: Field;

  before(async () => {
    field = await openField({ serve: { worker: false } });
  });
  after(() => field.stop());

  const tenants = (token?: string, headers: Record<string, string> = {}) =>
    field.call('GET', '/v1/tenants', { ...(token === undefined ? {} : { token }), headers });
  const newSubject = () => `user_${randomUUID()}`;
  const usersOf = (subject: string) =>
    field.db.any<{ id: string; email: string | null; displayName: string }>(
      'select id, email, display_name from fieldservice.users where subject = $1',
      [subject],
    );

  it('answers a token that is not good as the published document prints it', async () => {
    const { clerk } = field.outside;
    const { subject, token } = await field.addStranger();
    const nowS = Math.floor(Date.now() / 1000);
    const signed = (claims: Record<string, unknown>) => clerk.signToken(subject, { claims });
    const bad: Record<string, string> = {
      expired: await signed({ exp: nowS - 20 }),
      'not yet valid': await signed({ nbf: nowS + 60 }),
      'another issuer': await signed({ iss: 'https://clerk.example.com' }),
      'a pending session': await signed({ sts: 'pending' }),
      'alg none': new UnsecuredJWT(decodeJwt(token)).encode(),
      'a text': 'x',
    };
    for (const [what, text] of Object.entries(bad)) {
      const answer = await tenants(text);
      assert.deepEqual([answer.status, answer.body], [401, invalid], what);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer');
    }
    for (const authorization of ['Basic eDp5', token, 'Bearer', `Bearer ${token} ${token}`, '']) {
      const answer = await tenants(undefined, { authorization });
      assert.deepEqual([answer.status, answer.body], [401, invalid], authorization.slice(0, 8));
    }
    const none = await tenants();
    assert.deepEqual([none.status, none.body.error.code, none.body.error.details], [401, 'UNAUTHORIZED', {}]);
    assert.equal((await usersOf(subject)).length, 0);
    assert.equal((await tenants(token)).status, 200);
  });

  it('makes a user at their first call, one of many that come at once', async () => {
    const { subject, email, token } = await field.addStranger({ name: 'Zoe' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => tenants(token)));
    for (const { status, body } of answers) assert.deepEqual([status, body], [200, { tenants: [] }]);
    const users = await usersOf(subject);
    assert.deepEqual(users, [{ id: users[0]?.id, email, displayName: 'Zoe' }]);
    assert.match(users[0]?.id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it('follows a changed address and name, and forgets neither for a token that says nothing of them', async () => {
    const { clerk } = field.outside;
    const subject = newSubject();
    const call = async (claims: Record<string, unknown>) => tenants(await clerk.signToken(subject, { claims }));
    const known = async () => (await usersOf(subject)).map(({ email, displayName }) => [email, displayName]);
    await call({ email: 'old@example.com', name: 'Zoe' });
    await call({ email: 'New@Example.com', name: 'Zoe Doe' });
    assert.deepEqual(await known(), [['new@example.com', 'Zoe Doe']]);
    const version = () => field.db.one('select xmin::text from fieldservice.users where subject = $1', [subject]);
    const before = await version();
    await call({});
    await call({ email: 'other@example.com', email_verified: false });
    assert.deepEqual(await version(), before);
    await call({ name: 'Zoe Roe' });
    assert.deepEqual(await known(), [['new@example.com', 'Zoe Roe']]);
    await call({ email: 'last@example.com' });
    assert.deepEqual(await known(), [['last@example.com', 'Zoe Roe']]);
  });

  it('knows somebody whose token names neither address nor name', async () => {
    const subject = newSubject();
    assert.equal((await tenants(await field.outside.clerk.signToken(subject))).status, 200);
    assert.deepEqual(
      (await usersOf(subject)).map(({ email, displayName }) => [email, displayName]),
      [[null, '']],
    );
  });

  it('says 503 in its envelope while the keys are out of reach, and goes on once they are back', async () => {
    const { clerk } = field.outside;
    const subject = newSubject();
    await clerk.rotateKeys();
    const token = await clerk.signToken(subject);
    clerk.setKeysReachable(false);
    const away = await tenants(token);
    clerk.setKeysReachable(true);
    const error = { code: 'UNAVAILABLE', message: 'Tokens cannot be checked now.', details: {} };
    assert.deepEqual([away.status, away.body], [503, { error }]);
    assert.equal(away.headers.get('retry-after'), '5');
    assert.equal((await usersOf(subject)).length, 0);
    assert.equal((await tenants(token)).status, 200);
  });

  it('wants a tenant where one is needed, and lets in its members alone', async () => {
    const { id, manager } = await field.addTenant();
    const { token } = await field.addStranger();
    const path = `/v1/tenants/${id}/members`;
    const read = (headers: Record<string, string>, by = manager.token) =>
      field.call('GET', path, { token: by, headers });
    for (const headers of [{}, { 'x-tenant-id': '' }]) {
      const missing = await read(headers);
      const message = 'This route needs the header X-Tenant-Id.';
      assert.deepEqual(
        [missing.status, missing.body],
        [400, { error: { code: 'MISSING_TENANT', message, details: {} } }],
      );
    }
    const bad = await read({ 'x-tenant-id': 'x' });
    assert.deepEqual([bad.status, bad.body.error.code], [400, 'INVALID_TENANT']);
    const message = 'You are not a member of this tenant.';
    const forbidden = { error: { code: 'FORBIDDEN', message, details: {} } };
    for (const answer of [await read({ 'x-tenant-id': id }, token), await read({ 'x-tenant-id': randomUUID() })])
      assert.deepEqual([answer.status, answer.body], [403, forbidden]);
    assert.equal((await read({ 'x-tenant-id': id.toUpperCase() })).status, 200);
    await field.db.none('update fieldservice.memberships set active = false where tenant_id = $1', [id]);
    assert.deepEqual((await read({ 'x-tenant-id': id })).body, forbidden);
  });
});
