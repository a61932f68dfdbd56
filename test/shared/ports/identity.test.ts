import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { type IdentitySandbox, startIdentitySandbox } from '../../../ops/sandbox/identity/server.ts';
import { createIdentityPort, IdentityFailure, type IdentityPort } from '../../../shared/ports/identity.ts';
import { failureOfAnswer } from '../../../shared/ports/identity-failure.ts';
import { startCannedProvider } from '../../support/canned-provider.ts';
import { eventually } from '../../support/eventually.ts';

describe('shared/ports/identity', () => {
  let sandbox: IdentitySandbox;
  let port: IdentityPort;
  let ana: { email: string; password: string; displayName: string };
  let number: string;
  let tests = 0;
  const connect = (timeoutMs?: number): IdentityPort => {
    const { projectId, apiKey, jwksUrl, url: apiBase } = sandbox;
    return createIdentityPort({ projectId, apiKey, jwksUrl, apiBase, timeoutMs });
  };
  before(async () => {
    sandbox = await startIdentitySandbox();
    port = connect();
  });
  beforeEach(() => {
    tests += 1;
    ana = { email: `ana-${tests}@example.com`, password: 'correct horse', displayName: 'Ana Ruiz' };
    number = `+1415555${1000 + tests}`;
  });
  afterEach(() => sandbox.clear());
  after(() => sandbox.stop());

  describe('signUp and signIn', () => {
    it('makes an account whose tokens verify, and signs in to it again', async () => {
      const made = await port.signUp(ana);
      assert.deepEqual(
        [made.email, made.phone, made.displayName, made.expiresInS],
        [ana.email, null, 'Ana Ruiz', 3600],
      );
      const claims = await port.verifyToken(made.idToken);
      assert.deepEqual(
        [claims.uid, claims.email, claims.displayName, claims.phone],
        [made.uid, ana.email, 'Ana Ruiz', null],
      );
      assert.ok(claims.authTime <= new Date());
      assert.equal(claims.expiresAt.getTime() - claims.authTime.getTime(), 3_600_000);
      const again = await port.signIn({ email: ana.email.toUpperCase(), password: ana.password });
      assert.equal(again.uid, made.uid);
      assert.equal(again.displayName, 'Ana Ruiz');
    });

    it('tells a wrong password and an unknown address in the same words', async () => {
      await port.signUp(ana);
      const wrong = await failureOf(port.signIn({ ...ana, password: 'wrong horse' }));
      const unknown = await failureOf(port.signIn({ ...ana, email: 'nobody@example.com' }));
      assert.deepEqual([wrong.outcome, unknown.outcome], ['credentials', 'credentials']);
      assert.equal(wrong.message, unknown.message);
    });

    it('tells what the provider refuses', async () => {
      const { uid } = await port.signUp(ana);
      assert.equal((await failureOf(port.signUp(ana))).outcome, 'taken');
      const weak = await failureOf(port.signUp({ ...ana, email: 'bo@example.com', password: '12345' }));
      assert.deepEqual([weak.outcome, weak.message], ['weak', 'Password should be at least 6 characters']);
      assert.equal((await failureOf(port.signUp({ ...ana, email: 'no address' }))).outcome, 'invalid');
      const init = { method: 'POST', body: JSON.stringify({ disabled: true }) };
      assert.equal((await fetch(`${sandbox.url}/_sandbox/users/${uid}`, init)).status, 200);
      assert.equal((await failureOf(port.signIn(ana))).outcome, 'disabled');
      sandbox.arm({ on: 'accounts.signInWithPassword', fault: 'too_many_attempts', match: { email: ana.email } });
      assert.equal((await failureOf(port.signIn(ana))).outcome, 'throttled');
    });

    it('sets the name afterwards where the provider overlooked it', async () => {
      const tokens = { localId: 'u1', refreshToken: 'r1', expiresIn: '3600' };
      const named = await sandbox.signToken('u1', { name: 'Ana Ruiz' });
      const nameless = await sandbox.signToken('u1');
      const canned = await startCannedProvider((res, path) =>
        json(res, 200, { ...tokens, idToken: path.startsWith('/v1/accounts:update') ? named : nameless }),
      );
      const own = createIdentityPort({ projectId: 'p', apiKey: 'k', apiBase: canned.url });
      const made = await own.signUp({ ...ana, traceparent: '00-trace-01' });
      await canned.stop();
      assert.deepEqual([made.displayName, made.idToken], ['Ana Ruiz', named]);
      const [first, second] = canned.requests;
      assert.deepEqual([first?.path, first?.headers['traceparent']], ['/v1/accounts:signUp?key=k', '00-trace-01']);
      assert.deepEqual(JSON.parse(second?.body ?? ''), {
        idToken: nameless,
        displayName: 'Ana Ruiz',
        returnSecureToken: true,
      });
    });

    it('leaves accounts with a second factor to the provider’s own client', async () => {
      const canned = await startCannedProvider(res => json(res, 200, { localId: 'u', mfaPendingCredential: 'x' }));
      const own = createIdentityPort({ projectId: 'p', apiKey: 'k', apiBase: canned.url });
      assert.equal((await failureOf(own.signIn(ana))).outcome, 'needs_device');
      await canned.stop();
    });
  });

  describe('phones', () => {
    it('signs in with the code that was sent, the same account each time', async () => {
      const { sessionInfo } = await port.startPhone({ phoneNumber: number });
      const first = await port.verifyPhone({ sessionInfo, code: sandbox.codeOf(number) ?? '' });
      assert.deepEqual([first.phone, first.email, first.displayName], [number, null, '']);
      assert.equal((await port.verifyToken(first.idToken)).phone, number);
      const next = await port.startPhone({ phoneNumber: number });
      const second = await port.verifyPhone({ ...next, code: sandbox.codeOf(number) ?? '' });
      assert.equal(second.uid, first.uid);
    });

    it('takes a code once, and no wrong one', async () => {
      await sandbox.addUser({ phoneNumber: number, displayName: 'Bo Lind' });
      const { sessionInfo } = await port.startPhone({ phoneNumber: number });
      assert.equal((await failureOf(port.verifyPhone({ sessionInfo, code: '654321' }))).outcome, 'credentials');
      assert.equal((await port.verifyPhone({ sessionInfo, code: '123456' })).displayName, 'Bo Lind');
      const spent = await failureOf(port.verifyPhone({ sessionInfo, code: '123456' }));
      assert.deepEqual([spent.outcome, spent.code], ['credentials', 'INVALID_SESSION_INFO']);
    });

    it('refuses what is no number', async () => {
      const failure = await failureOf(port.startPhone({ phoneNumber: '555' }));
      assert.deepEqual([failure.outcome, failure.code], ['invalid', 'INVALID_PHONE_NUMBER']);
    });
  });

  describe('failures', () => {
    const cases = [
      ['rate_limit', 'throttled', 'RESOURCE_EXHAUSTED', 0],
      ['drop_before', 'unavailable', 'connection', 0],
      ['timeout_before', 'unavailable', 'timeout', 0],
      ['server_error', 'unavailable', 'http_500', 0],
      ['garbage', 'unavailable', 'invalid_answer', 1],
      ['drop_after', 'unavailable', 'connection', 1],
      ['timeout_after', 'unavailable', 'timeout', 1],
      ['server_error_after', 'unavailable', 'http_500', 1],
    ] as const;
    for (const [fault, outcome, code, made] of cases) {
      it(`says ${outcome} for ${fault}, after one request and no more`, async () => {
        const asked = sandbox.state().requests.length;
        sandbox.arm({ on: 'accounts.signUp', fault });
        const failure = await failureOf(connect(fault.startsWith('timeout') ? 1000 : undefined).signUp(ana));
        assert.deepEqual([failure.outcome, failure.code], [outcome, code]);
        assert.equal(sandbox.state().requests.length, asked + 1);
        assert.equal(sandbox.state().users.filter(({ email }) => email === ana.email).length, made);
      });
    }

    it('says unavailable for answers that hang in the middle, never end, or lead elsewhere', async () => {
      const answers: ((res: ServerResponse) => void)[] = [
        res => res.writeHead(200).write('{"localId":'),
        res => Readable.from(endless()).pipe(res),
        res => res.writeHead(302, { location: '/elsewhere' }).end(),
        res => res.writeHead(404).end('<html>no such page</html>'),
        res => json(res, 200, { localId: 'u', idToken: 'no.token', refreshToken: 'r', expiresIn: '3600' }),
      ];
      const canned = await startCannedProvider(res => answers[canned.requests.length - 1]?.(res));
      const own = createIdentityPort({ projectId: 'p', apiKey: 'k', apiBase: canned.url, timeoutMs: 1000 });
      const codes: string[] = [];
      for (const _ of answers) codes.push((await failureOf(own.signIn(ana))).code);
      await canned.stop();
      assert.deepEqual(codes, ['timeout', 'invalid_answer', 'connection', 'http_404', 'invalid_answer']);
      assert.equal(canned.requests.length, answers.length);
    });

    it('says misconfigured for a wrong key, and tells the key in no failure', async () => {
      const { projectId, url: apiBase } = sandbox;
      const apiKey = 'AIza-the-secret-key';
      const stranger = createIdentityPort({ projectId, apiKey, apiBase });
      const wrong = await failureOf(stranger.signIn(ana));
      assert.deepEqual([wrong.outcome, wrong.code], ['misconfigured', 'API_KEY_INVALID']);
      const nobody = createIdentityPort({ projectId, apiKey, apiBase: 'http://127.0.0.1:1' });
      const silence = await failureOf(nobody.signIn(ana));
      for (const seen of [wrong, silence, sandbox.state()]) assert.ok(!inspect(seen, { depth: 9 }).includes(apiKey));
      for (const bad of ['', 'two\nlines', 'k&key=ü'])
        assert.throws(
          () => createIdentityPort({ projectId, apiKey: bad }),
          (error: Error) => bad === '' || !error.message.includes(bad),
        );
    });

    it('ends its wait when the signal does', async () => {
      const asked = sandbox.state().requests.length;
      sandbox.arm({ on: '*', fault: 'timeout_before' });
      const controller = new AbortController();
      const failing = failureOf(port.signIn({ ...ana, signal: controller.signal }));
      await eventually(() => assert.equal(sandbox.state().requests.length, asked + 1));
      controller.abort();
      assert.equal((await failing).code, 'aborted');
    });

    it('reads the provider’s codes, old and new', () => {
      const outcomeOf = (message: string, status = 400) =>
        failureOfAnswer({ status, text: JSON.stringify({ error: { code: status, message } }) }).outcome;
      for (const code of ['EMAIL_NOT_FOUND', 'INVALID_PASSWORD', 'INVALID_LOGIN_CREDENTIALS', 'SESSION_EXPIRED'])
        assert.equal(outcomeOf(code), 'credentials', code);
      assert.equal(outcomeOf('WEAK_PASSWORD : Password should be at least 6 characters'), 'weak');
      assert.equal(outcomeOf('TOO_MANY_ATTEMPTS_TRY_LATER : Access was disabled.'), 'throttled');
      assert.equal(outcomeOf('CAPTCHA_CHECK_FAILED : Recaptcha verification failed'), 'needs_device');
      assert.equal(outcomeOf('MISSING_RECAPTCHA_TOKEN'), 'needs_device');
      assert.equal(outcomeOf('OPERATION_NOT_ALLOWED'), 'misconfigured');
      assert.equal(outcomeOf('Requests from this app are blocked.', 403), 'misconfigured');
      assert.equal(outcomeOf('Something new', 400), 'invalid');
      assert.equal(outcomeOf('EMAIL_NOT_FOUND', 503), 'unavailable');
    });
  });
});

function* endless(): Generator<string> {
  for (;;) yield '{"localId":'.padEnd(10_000);
}

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function failureOf(call: Promise<unknown>): Promise<IdentityFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof IdentityFailure) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}
