import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { signAccessToken } from '../../../edge/marketplace/tokens.ts';
import { type Answer, type Marketplace, password, serveMarketplace } from './serve.ts';

const newcomer = () => {
  const name = `u${randomUUID().slice(0, 12)}`;
  return { username: name, email: `${name}@example.com`, password };
};

const cookieOf = (answer: Answer) => answer.headers.get('set-cookie') ?? '';

function assertFault(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.text);
  const { error, request_id, ...rest } = answer.body;
  assert.deepEqual(rest, { success: false, code: code.toUpperCase() });
  assert.equal(typeof error, 'string');
  assert.equal(request_id, answer.headers.get('x-request-id'));
}

describe('edge/marketplace/routes/auth', () => {
  let market: Marketplace;
  before(async function () {
    this.timeout(60_000);
    market = await serveMarketplace();
  });
  after(() => market?.stop());

  const auth = (verb: string, body?: unknown, more: { token?: string; headers?: Record<string, string> } = {}) =>
    market.call('POST', `/api/v1/auth/${verb}`, { ...(body === undefined ? {} : { body }), ...more });
  const whoami = (token: string) => market.call('GET', '/api/v1/sell/balance', { token });
  /** As if a session's tokens had been used that long ago. */
  const age = (refreshToken: string, seconds: number) =>
    market.db.none(
      `update marketplace.refresh_tokens set used_at = used_at - make_interval(secs => $2) where hash = sha256($1::bytea)`,
      [Buffer.from(refreshToken), seconds],
    );

  describe('register', () => {
    it('makes an account and answers exactly the published body', async () => {
      const entry = newcomer();
      const answer = await auth('register', entry);
      assert.equal(answer.status, 201);
      const { user, access_token, refresh_token } = answer.body.data;
      assert.deepEqual(answer.body, {
        success: true,
        data: {
          user: { id: user.id, username: entry.username, email: entry.email },
          access_token,
          refresh_token,
          expires_in: 3600,
        },
      });
      assert.match(access_token, /^eyJ/);
      assert.match(refresh_token, /^eyJ/);
      assert.equal((await whoami(access_token)).status, 200);
    });

    it('hands the refresh token to browsers in a strict cookie', async () => {
      const answer = await auth('register', newcomer());
      assert.equal(
        cookieOf(answer),
        `refresh_token=${answer.body.data.refresh_token}; Path=/api/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict`,
      );
    });

    it('answers 409 for a name or an address that is taken, whatever its case', async () => {
      const entry = newcomer();
      await auth('register', entry);
      const other = newcomer();
      assertFault(await auth('register', { ...other, username: entry.username.toUpperCase() }), 409, 'account_taken');
      assertFault(await auth('register', { ...other, email: entry.email.toUpperCase() }), 409, 'account_taken');
    });

    it('lets one of two concurrent registrations of one name through', async () => {
      for (let round = 0; round < 3; round += 1) {
        const entry = newcomer();
        const twin = { ...entry, username: entry.username.toUpperCase() };
        const answers = await Promise.all([auth('register', entry), auth('register', twin)]);
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201, 409]));
      }
    });

    for (const [what, change] of [
      ['a short password', { password: 'only9char' }],
      ['a password that is too long', { password: 'x'.repeat(201) }],
      ['a username of two letters', { username: 'ab' }],
      ['a username with a space', { username: 'john doe' }],
      ['an address that is none', { email: 'john' }],
      ['a number for a password', { password: 1234567890 }],
      ['an unknown field', { role: 'admin' }],
      ['a missing field', { email: undefined }],
    ] as const) {
      it(`answers 400 for ${what}`, async () => {
        assertFault(await auth('register', { ...newcomer(), ...change }), 400, 'invalid');
      });
    }

    it('answers 400 for U+0000 and half a surrogate pair', async () => {
      assertFault(await auth('register', { ...newcomer(), password: 'abcdefghij\u0000' }), 400, 'malformed');
      assertFault(await auth('register', { ...newcomer(), password: 'abcdefghij\ud800' }), 400, 'malformed');
    });
  });

  describe('login', () => {
    it('answers the published body, whatever the case of the address', async () => {
      const user = await market.join();
      const { status, body } = await auth('login', { email: user.email.toUpperCase(), password });
      assert.equal(status, 200);
      const { access_token, refresh_token } = body.data;
      assert.deepEqual(body.data, {
        access_token,
        refresh_token,
        expires_in: 3600,
        user: { id: user.id, username: user.username, email: user.email },
      });
    });

    it('answers the same 401 for a wrong password and for nobody', async () => {
      const user = await market.join();
      const wrong = await auth('login', { email: user.email, password: 'not the password' });
      const nobody = await auth('login', { email: `x${user.email}`, password });
      assertFault(wrong, 401, 'unauthenticated');
      assertFault(nobody, 401, 'unauthenticated');
      assert.equal(wrong.body.error, nobody.body.error);
    });

    it('answers 429 to the eleventh guess at one account, even with the right password', async () => {
      const { email } = await market.join();
      const guesses = await Promise.all(
        Array.from({ length: 10 }, () => auth('login', { email, password: 'not the password' })),
      );
      assert.deepEqual(new Set(guesses.map(({ status }) => status)), new Set([401]));
      const eleventh = await auth('login', { email: email.toUpperCase(), password });
      assertFault(eleventh, 429, 'rate_limited');
      assert.ok(Number(eleventh.headers.get('retry-after')) > 0);
    });
  });

  describe('access tokens', () => {
    it('are refused once expired, in the envelope of the marketplace', async () => {
      const { token } = await market.join();
      const { sub, sid } = decodeJwt<{ sid: string }>(token);
      const session = { userId: sub!, sessionId: sid, role: 'user' };
      assertFault(
        await whoami(await signAccessToken(market.config, session, Date.now() - 3_700_000)),
        401,
        'unauthenticated',
      );
    });

    it('are refused when they name a session of somebody else', async () => {
      const [one, other] = await Promise.all([market.join(), market.join()]);
      const { sid } = decodeJwt<{ sid: string }>(other.token);
      assertFault(
        await whoami(await signAccessToken(market.config, { userId: one.id, sessionId: sid, role: 'admin' })),
        401,
        'unauthenticated',
      );
    });

    it('carry no right of their own: the role is looked up', async () => {
      const user = await market.join();
      const { sid } = decodeJwt<{ sid: string }>(user.token);
      const claimed = await signAccessToken(market.config, { userId: user.id, sessionId: sid, role: 'admin' });
      assertFault(await market.call('GET', '/api/v1/admin/transfers', { token: claimed }), 403, 'forbidden');
    });

    it('are asked for', async () => {
      assertFault(await market.call('GET', '/api/v1/sell/balance'), 401, 'unauthenticated');
      const headers = { authorization: 'Basic eDp5' };
      assertFault(await market.call('GET', '/api/v1/sell/balance', { headers }), 401, 'unauthenticated');
    });
  });

  describe('refresh', () => {
    it('changes the token for a new pair, from the body or from the cookie', async () => {
      const user = await market.join();
      const first = await auth('refresh', { refresh_token: user.refreshToken });
      assert.equal(first.status, 200);
      assert.deepEqual(Object.keys(first.body.data), ['access_token', 'refresh_token', 'expires_in']);
      const { refresh_token } = first.body.data;
      assert.notEqual(refresh_token, user.refreshToken);
      const second = await auth('refresh', undefined, {
        headers: { cookie: `theme=dark; refresh_token=${refresh_token}; x` },
      });
      assert.equal(second.status, 200);
      assert.ok(cookieOf(second).startsWith(`refresh_token=${second.body.data.refresh_token};`));
      assert.equal((await whoami(second.body.data.access_token)).status, 200);
    });

    it('answers two tabs that share a token with the same successor', async () => {
      const user = await market.join();
      const tabs = await Promise.all(
        Array.from({ length: 5 }, () => auth('refresh', { refresh_token: user.refreshToken })),
      );
      assert.deepEqual(new Set(tabs.map(({ status }) => status)), new Set([200]));
      assert.equal(new Set(tabs.map(({ body }) => body.data.refresh_token)).size, 1);
      const next = await auth('refresh', { refresh_token: tabs[0]!.body.data.refresh_token });
      assert.equal(next.status, 200);
      assert.equal((await auth('refresh', { refresh_token: user.refreshToken })).status, 200);
    });

    it('revokes the whole family when a used token comes back later', async () => {
      const user = await market.join();
      const { refresh_token, access_token } = (await auth('refresh', { refresh_token: user.refreshToken })).body.data;
      await age(user.refreshToken, 11);
      assertFault(await auth('refresh', { refresh_token: user.refreshToken }), 401, 'unauthenticated');
      assertFault(await auth('refresh', { refresh_token }), 401, 'unauthenticated');
      assertFault(await whoami(access_token), 401, 'unauthenticated');
      assertFault(await whoami(user.token), 401, 'unauthenticated');
    });

    it('leaves other sessions of the user alone', async () => {
      const user = await market.join();
      const elsewhere = await auth('login', { email: user.email, password });
      await auth('refresh', { refresh_token: user.refreshToken });
      await age(user.refreshToken, 11);
      await auth('refresh', { refresh_token: user.refreshToken });
      assert.equal((await whoami(elsewhere.body.data.access_token)).status, 200);
    });

    it('answers 401 for no token, a forged one, and an access token', async () => {
      const { token, refreshToken } = await market.join();
      const forged = `${refreshToken.slice(0, -4)}AAAA`;
      for (const body of [undefined, {}, { refresh_token: forged }, { refresh_token: token }, { refresh_token: 'x' }])
        assertFault(await auth('refresh', body), 401, 'unauthenticated');
    });

    it('answers 401 when the session has been idle for longer than it lives', async () => {
      const { refreshToken, id } = await market.join();
      await market.db.none(`update marketplace.sessions set expires_at = now() where user_id = $1`, [id]);
      assertFault(await auth('refresh', { refresh_token: refreshToken }), 401, 'unauthenticated');
    });
  });

  describe('logout', () => {
    it('ends the session that the bearer names: both of its tokens are refused from then on', async () => {
      const user = await market.join();
      const answer = await auth('logout', undefined, { token: user.token });
      assert.deepEqual(answer.body, { success: true, data: { message: 'Logged out' } });
      assert.match(cookieOf(answer), /^refresh_token=; Path=\/api\/v1\/auth; Max-Age=0;/);
      assertFault(await whoami(user.token), 401, 'unauthenticated');
      assertFault(await auth('refresh', { refresh_token: user.refreshToken }), 401, 'unauthenticated');
    });

    it('ends the session that the refresh token names', async () => {
      const user = await market.join();
      assert.equal((await auth('logout', { refresh_token: user.refreshToken })).status, 200);
      assertFault(await whoami(user.token), 401, 'unauthenticated');
    });

    it('answers 200 again, and to those who were never in', async () => {
      const user = await market.join();
      for (let round = 0; round < 2; round += 1)
        assert.equal((await auth('logout', { refresh_token: user.refreshToken }, { token: user.token })).status, 200);
      assert.equal((await auth('logout')).status, 200);
      assert.equal((await auth('logout', { refresh_token: 'x' }, { token: 'y' })).status, 200);
    });
  });
});

describe('edge/marketplace/refresh-cookie', () => {
  it('is secure in production', async () => {
    const { refreshCookie } = await import('../../../edge/marketplace/refresh-cookie.ts');
    assert.match(refreshCookie({ nodeEnv: 'production' }, 'eyJ', 60), /; Secure$/);
  });
});
