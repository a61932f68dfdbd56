import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { type ClerkSandbox, startClerkSandbox } from '../../../ops/sandbox/clerk/server.ts';
import { ClerkFailure, type ClerkPortOptions, createClerkPort } from '../../../shared/ports/clerk.ts';

describe('shared/ports/clerk', () => {
  let sandbox: ClerkSandbox;
  let userId: string;
  beforeEach(async () => {
    sandbox = await startClerkSandbox();
    userId = sandbox.keepUser({ email: 'Ana@Example.com', name: 'Ana Souza' }).id;
  });
  afterEach(() => sandbox.stop());

  const port = (options: Partial<ClerkPortOptions> = {}) =>
    createClerkPort({ issuer: sandbox.issuer, jwksUrl: sandbox.jwksUrl, ...options });
  const signed = (claims: Record<string, unknown> = {}) => sandbox.signToken(userId, { claims });
  const nowS = () => Math.floor(Date.now() / 1000);

  it('tells who has a good token', async () => {
    assert.deepEqual(await port().verifyToken(await signed()), {
      subject: userId,
      email: 'ana@example.com',
      displayName: 'Ana Souza',
    });
  });

  it('refuses every token but one of the instance’s own that is good now', async () => {
    const { verifyToken } = port();
    const good = await signed();
    const claims = decodeJwt(good);
    const { kid = '' } = decodeProtectedHeader(good);
    const { keys } = (await (await fetch(sandbox.jwksUrl)).json()) as { keys: JWK[] };
    const pem = createPublicKey({ key: keys[0] as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const stranger = await generateKeyPair('RS256', { extractable: true });
    const [head, , mark] = good.split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'user_admin' })).toString('base64url');
    const sign = (header: object, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);

    const bad: Record<string, string> = {
      'alg none': new UnsecuredJWT(claims).encode(),
      'HS256 by the public key': await sign({ alg: 'HS256', kid }, Buffer.from(pem)),
      'a changed payload': `${head}.${changed}.${mark}`,
      'a cut signature': good.slice(0, -4),
      'another key under the right id': await sign({ kid }, stranger.privateKey),
      'an unknown key id': await sign({ kid: 'mine' }, stranger.privateKey),
      'a key that it brings along': await sign({ kid, jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey),
      'no key id': await sign({}, stranger.privateKey),
      'another issuer': await signed({ iss: 'https://clerk.example.com' }),
      'an issuer that begins alike': await signed({ iss: `${sandbox.issuer}.example.com` }),
      'no issuer': await signed({ iss: undefined }),
      'not yet valid': await signed({ nbf: nowS() + 60 }),
      'an issue to come': await signed({ iat: nowS() + 60 }),
      'no end': await signed({ exp: undefined }),
      'no subject': await signed({ sub: undefined }),
      nobody: await signed({ sub: '' }),
      'a pending session': await signed({ sts: 'pending' }),
      'a text': 'hello',
      nothing: '',
      dots: '..',
    };
    for (const [what, token] of Object.entries(bad)) {
      const { outcome, message } = await failureOf(verifyToken(token), what);
      assert.deepEqual([outcome, message], ['invalid', 'Invalid token'], what);
    }
    assert.equal((await failureOf(verifyToken(await signed({ exp: nowS() - 20 })))).outcome, 'expired');
    assert.equal((await verifyToken(good)).subject, userId);
  });

  it('lets the provider’s clock be ten seconds off', async () => {
    const { verifyToken } = port();
    for (const claims of [{ exp: nowS() - 5 }, { nbf: nowS() + 5 }, { iat: nowS() + 5 }])
      assert.equal((await verifyToken(await signed(claims))).subject, userId);
  });

  it('looks at the audience only where one is configured', async () => {
    assert.equal((await port().verifyToken(await signed({ aud: 'other' }))).subject, userId);
    const { verifyToken } = port({ audience: 'field' });
    assert.equal((await verifyToken(await signed({ aud: ['field', 'other'] }))).subject, userId);
    for (const aud of ['other', undefined])
      assert.equal((await failureOf(verifyToken(await signed({ aud })))).outcome, 'invalid');
  });

  it('takes, where parties are configured, tokens made for one of them or by no page at all', async () => {
    assert.equal((await port().verifyToken(await signed({ azp: 'https://evil.example' }))).subject, userId);
    const { verifyToken } = port({ authorizedParties: ['https://app.example'] });
    for (const azp of ['https://app.example', undefined])
      assert.equal((await verifyToken(await signed({ azp }))).subject, userId);
    for (const azp of ['https://evil.example', '', 'https://app.example.evil.example'])
      assert.equal((await failureOf(verifyToken(await signed({ azp })), azp)).outcome, 'invalid');
  });

  it('knows an address only if the token carries one that is verified, and takes a token without one', async () => {
    const { verifyToken } = port();
    for (const claims of [
      { email: undefined },
      { email: null },
      { email_verified: false },
      { email: 'nobody' },
      { email: 'a b@example.com' },
      { email: `${'a'.repeat(250)}@example.com` },
    ])
      assert.equal((await verifyToken(await signed(claims))).email, null, JSON.stringify(claims).slice(0, 40));
    for (const email_verified of [undefined, null, true])
      assert.equal((await verifyToken(await signed({ email_verified }))).email, 'ana@example.com');
  });

  it('makes one line of a name, of 200 characters at most', async () => {
    const { verifyToken } = port();
    const nameOf = async (name: unknown) => (await verifyToken(await signed({ name }))).displayName;
    assert.equal(await nameOf(undefined), '');
    assert.equal(await nameOf(null), '');
    assert.equal(await nameOf(' Ana\r\nBcc: x\u0000 '), 'Ana  Bcc: x');
    assert.equal(await nameOf(`${'a'.repeat(199)}😀`), `${'a'.repeat(199)}\uFFFD`);
  });

  it('takes tokens by the old and the new key while keys change, and none by a withdrawn one', async () => {
    const { verifyToken } = port({ keysCooldownMs: 0 });
    const old = await signed();
    await verifyToken(old);
    await sandbox.rotateKeys();
    const fresh = await signed();
    assert.notEqual(decodeProtectedHeader(fresh).kid, decodeProtectedHeader(old).kid);
    for (const token of [fresh, old]) assert.equal((await verifyToken(token)).subject, userId);
    await sandbox.rotateKeys(true);
    // The fetch for the newest key takes the withdrawn ones away.
    await verifyToken(await signed());
    for (const token of [fresh, old]) assert.equal((await failureOf(verifyToken(token))).outcome, 'invalid');
  });

  it('asks for the keys once, however many tokens come by keys that nobody knows', async () => {
    const { verifyToken } = port();
    const { privateKey } = await generateKeyPair('RS256');
    const claims = decodeJwt(await signed());
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: `kid-${index}` }).sign(privateKey),
      ),
    );
    await Promise.all(tokens.map(token => failureOf(verifyToken(token))));
    assert.equal(sandbox.keysAsked(), 1);
  });

  it('says unavailable while it has no keys, and goes on with those it has', async () => {
    const { verifyToken } = port({ keysCooldownMs: 0 });
    const good = await signed();
    sandbox.setKeysReachable(false);
    assert.equal((await failureOf(verifyToken(good))).outcome, 'unavailable');
    sandbox.setKeysReachable(true);
    assert.equal((await verifyToken(good)).subject, userId);
    sandbox.setKeysReachable(false);
    assert.equal((await verifyToken(good)).subject, userId);
    await sandbox.rotateKeys();
    assert.equal((await failureOf(verifyToken(await signed()))).outcome, 'unavailable');
  });

  it('finds the key set at the issuer, however many slashes end its address', async () => {
    const seen: (number | null)[] = [];
    const { verifyToken } = createClerkPort({ issuer: `${sandbox.url}//`, onFetch: status => seen.push(status) });
    assert.equal((await verifyToken(await signed({ iss: sandbox.url }))).subject, userId);
    assert.deepEqual(seen, [200]);
  });
});

async function failureOf(promise: Promise<unknown>, what = ''): Promise<ClerkFailure> {
  const error = await promise.then(
    () => assert.fail(`should have failed: ${what}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ClerkFailure, what);
  return error;
}
