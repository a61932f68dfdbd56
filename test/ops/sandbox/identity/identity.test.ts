import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type IdentitySandbox, startIdentitySandbox } from '../../../../ops/sandbox/identity/server.ts';
import { createIdentityPort } from '../../../../shared/ports/identity.ts';

type Body = Record<string, unknown>;

describe('ops/sandbox/identity', () => {
  const startMs = Date.now() - 3_000_000;
  let nowMs: number;
  let folder: string;
  let file: string;
  let sandbox: IdentitySandbox;
  const start = () => startIdentitySandbox({ file, apiKey: 'kept', nowMs: () => nowMs });
  beforeEach(async () => {
    nowMs = startMs;
    folder = mkdtempSync(join(tmpdir(), 'identity-sandbox-'));
    file = join(folder, 'identity.log');
    sandbox = await start();
  });
  afterEach(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true });
  });

  const post = async (path: string, body: Body, key = 'kept') => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${sandbox.url}${path}?key=${key}`, init);
    return { status: response.status, body: (await response.json()) as Body };
  };
  const accounts = (method: string, body: Body) => post(`/v1/accounts:${method}`, body);
  const messageOf = async (answer: ReturnType<typeof post>): Promise<unknown> =>
    ((await answer).body['error'] as Body | undefined)?.['message'];
  const refresh = async (refreshToken: unknown, type = 'refresh_token') => {
    const body = new URLSearchParams({ grant_type: type, refresh_token: String(refreshToken) });
    const response = await fetch(`${sandbox.url}/v1/token?key=kept`, { method: 'POST', body });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const operate = async (method: string, path: string, body?: Body, headers: Record<string, string> = {}) => {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, init);
    return { status: response.status, body: (await response.json()) as Body };
  };
  const ana = { email: 'ana@example.com', password: 'correct horse', returnSecureToken: true };

  it('answers errors as the provider does', async () => {
    const { status, body } = await accounts('signInWithPassword', ana);
    const message = 'INVALID_LOGIN_CREDENTIALS';
    const errors = [{ message, domain: 'global', reason: 'invalid' }];
    assert.deepEqual([status, body], [400, { error: { code: 400, message, errors } }]);
    assert.equal((await post('/v1/accounts:signUp', ana, '')).status, 403);
    assert.equal(
      await messageOf(post('/v1/accounts:signUp', ana, 'wrong')),
      'API key not valid. Please pass a valid API key.',
    );
    assert.equal((await accounts('nothing', {})).status, 404);
    assert.equal((await accounts('signUp', { ...ana, email: 7 })).status, 400);
    assert.equal(await messageOf(accounts('signUp', {})), 'ADMIN_ONLY_OPERATION');
    assert.equal(
      await messageOf(accounts('signInWithPhoneNumber', { sessionInfo: 'x', code: '1' })),
      'INVALID_SESSION_INFO',
    );
    assert.equal(await messageOf(accounts('lookup', { idToken: 'x' })), 'INVALID_ID_TOKEN');
    assert.equal(await messageOf(refresh('x.y')), 'INVALID_REFRESH_TOKEN');
    assert.equal(await messageOf(refresh('x', 'password')), 'INVALID_GRANT_TYPE');
  });

  it('makes one account of an address that two ask for at once', async () => {
    const answers = await Promise.all([
      accounts('signUp', ana),
      accounts('signUp', { ...ana, email: 'ANA@example.com' }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
    assert.equal(sandbox.state().users.length, 1);
  });

  it('keeps auth_time over refreshes, by a form as clients send it', async () => {
    const made = await accounts('signUp', ana);
    const first = decodeJwt(String(made.body['idToken']));
    nowMs += 1_800_000;
    const { status, body } = await refresh(made.body['refreshToken']);
    assert.equal(status, 200);
    const second = decodeJwt(String(body['id_token']));
    assert.equal(second['auth_time'], first['auth_time']);
    assert.equal((second.iat ?? 0) - (first.iat ?? 0), 1800);
    assert.deepEqual([body['user_id'], body['project_id'], body['expires_in']], [first.sub, 'demo-millrace', '3600']);
    assert.deepEqual(second['firebase'], { identities: { email: ['ana@example.com'] }, sign_in_provider: 'password' });
    const { projectId, jwksUrl } = sandbox;
    const port = createIdentityPort({ projectId, apiKey: 'kept', apiBase: sandbox.url, jwksUrl });
    const { authTime } = await port.verifyToken(String(body['id_token']));
    assert.equal(authTime.getTime(), Math.floor(startMs / 1000) * 1000);
  });

  it('looks up, changes and deletes the account of a token; a new password ends older sign-ins', async () => {
    const { idToken, refreshToken } = (await accounts('signUp', ana)).body;
    await accounts('update', { idToken, displayName: 'Ana' });
    const users = (await accounts('lookup', { idToken })).body['users'] as Body[];
    assert.deepEqual([users[0]?.['displayName'], users[0]?.['email']], ['Ana', 'ana@example.com']);
    nowMs += 5000;
    const { body } = await accounts('update', { idToken, password: 'another horse', returnSecureToken: true });
    assert.equal(await messageOf(refresh(refreshToken)), 'TOKEN_EXPIRED');
    assert.equal((await refresh(body['refreshToken'])).status, 200);
    assert.equal(await messageOf(accounts('signInWithPassword', ana)), 'INVALID_LOGIN_CREDENTIALS');
    assert.equal((await accounts('delete', { idToken: body['idToken'] })).status, 200);
    assert.equal(await messageOf(refresh(body['refreshToken'])), 'USER_NOT_FOUND');
  });

  it('voids a code after five wrong ones, and after ten minutes', async () => {
    const send = async () =>
      (await accounts('sendVerificationCode', { phoneNumber: '+14155550101' })).body['sessionInfo'];
    const redeem = (sessionInfo: unknown, code = sandbox.codeOf('+14155550101')) =>
      messageOf(accounts('signInWithPhoneNumber', { sessionInfo, code }));
    const guessed = await send();
    for (let guess = 0; guess < 5; guess += 1) assert.equal(await redeem(guessed, 'wrong'), 'INVALID_CODE');
    assert.equal(await redeem(guessed), 'TOO_MANY_ATTEMPTS_TRY_LATER');
    const late = await send();
    nowMs += 600_001;
    assert.equal(await redeem(late), 'SESSION_EXPIRED');
    assert.equal(await redeem(await send()), undefined);
  });

  it('keeps users, keys and refresh tokens over a restart, and no password in clear', async () => {
    const { body } = await accounts('signUp', ana);
    const uid = await sandbox.addUser({ phoneNumber: '+14155550101' });
    await sandbox.rotateKeys();
    const { users, keys } = sandbox.state();
    const token = await sandbox.signToken(uid);
    await sandbox.stop();
    const kept = readFileSync(file, 'utf8');
    assert.ok(kept.includes('$argon2id$') && !kept.includes(ana.password));
    assert.equal(statSync(file).mode & 0o777, 0o600);

    sandbox = await start();
    assert.deepEqual([sandbox.state().users, sandbox.state().keys], [users, keys]);
    assert.equal(decodeProtectedHeader(await sandbox.signToken(uid)).kid, decodeProtectedHeader(token).kid);
    assert.equal((await accounts('signInWithPassword', ana)).body['localId'], body['localId']);
    assert.equal((await refresh(body['refreshToken'])).status, 200);
    assert.equal((await accounts('lookup', { idToken: body['idToken'] })).status, 200);
    const { sessionInfo } = (await accounts('sendVerificationCode', { phoneNumber: '+14155550101' })).body;
    assert.equal((await accounts('signInWithPhoneNumber', { sessionInfo, code: '123456' })).body['localId'], uid);
  });

  it('publishes a retired key for as long as its tokens are good', async () => {
    const published = async () => ((await (await fetch(sandbox.jwksUrl)).json()) as { keys: Body[] }).keys;
    const [first] = await published();
    assert.deepEqual(Object.keys(first ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const kid = await sandbox.rotateKeys();
    assert.deepEqual(
      (await published()).map(key => key['kid']),
      [kid, first?.['kid']],
    );
    nowMs += 3_600_001;
    assert.deepEqual(
      (await published()).map(key => key['kid']),
      [kid],
    );
  });

  it('is driven over HTTP: users, codes, faults, keys', async () => {
    const user = { email: 'bo@example.com', password: 'a password', phoneNumber: '+14155550102', uid: 'bo' };
    const made = await operate('POST', 'users', user);
    assert.deepEqual([made.status, made.body['uid'], made.body['passwordHash']], [201, 'bo', undefined]);
    assert.equal((await operate('POST', 'users', user)).status, 409);
    assert.equal((await operate('POST', 'users', {})).status, 400);
    await accounts('sendVerificationCode', { phoneNumber: user.phoneNumber });
    const { codes } = (await operate('GET', 'codes')).body as { codes: Body[] };
    assert.deepEqual(
      codes.map(({ phoneNumber, code }) => [phoneNumber, code]),
      [['+14155550102', '123456']],
    );
    const fault = { on: 'token', fault: 'slow', times: 2, delayMs: 5 };
    assert.deepEqual((await operate('POST', 'faults', fault)).body, { faults: [fault] });
    for (const wrong of [
      { ...fault, fault: 'meteorite' },
      { ...fault, on: 'accounts.nothing' },
      { ...fault, times: 0 },
    ])
      assert.equal((await operate('POST', 'faults', wrong)).status, 400);
    await operate('DELETE', 'faults');
    assert.deepEqual(sandbox.state().faults, []);
    await operate('POST', 'users/bo', { disabled: true });
    assert.equal(await messageOf(accounts('signInWithPassword', user)), 'USER_DISABLED');
    assert.equal((await operate('POST', 'rotate-keys', { withdraw: true })).status, 200);
    assert.equal(sandbox.state().keys.length, 1);
    assert.equal((await operate('DELETE', 'faults', undefined, { origin: 'http://evil.example' })).status, 403);
  });

  it('stops at once, whatever it holds up', async () => {
    sandbox.arm({ on: '*', fault: 'timeout_before' });
    sandbox.arm({ on: '*', fault: 'slow', delayMs: 3_600_000 });
    const held = [assert.rejects(accounts('signUp', ana)), assert.rejects(accounts('signUp', ana))];
    while (sandbox.state().faults.length > 0) await operate('GET', 'faults');
    await sandbox.stop();
    await Promise.all(held);
    sandbox = await start();
  });
});
