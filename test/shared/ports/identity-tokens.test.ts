import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { type IdentitySandbox, startIdentitySandbox } from '../../../ops/sandbox/identity/server.ts';
import { createTokenVerifier, type TokenVerifierOptions } from '../../../shared/ports/identity-tokens.ts';
import { IdentityFailure } from '../../../shared/ports/identity-failure.ts';

describe('shared/ports/identity-tokens', () => {
  let sandbox: IdentitySandbox;
  beforeEach(async () => {
    sandbox = await startIdentitySandbox();
  });
  afterEach(() => sandbox.stop());

  const verifier = (options: Partial<TokenVerifierOptions> = {}) =>
    createTokenVerifier({ projectId: sandbox.projectId, jwksUrl: sandbox.jwksUrl, ...options });
  const fetches = () => sandbox.state().requests.filter(({ path }) => path.includes('jwk')).length;
  const nowS = () => Math.floor(Date.now() / 1000);

  it('refuses every token but one of the project’s own that is still good', async () => {
    const verify = verifier();
    const good = await sandbox.signToken('u1');
    const claims = decodeJwt(good);
    const { kid = '' } = decodeProtectedHeader(good);
    const { keys } = (await (await fetch(sandbox.jwksUrl)).json()) as { keys: JWK[] };
    const [published] = keys as [JWK];
    const pem = createPublicKey({ key: published as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const stranger = await generateKeyPair('RS256', { extractable: true });
    const strangersJwk = await exportJWK(stranger.publicKey);
    const [head, , mark] = good.split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'admin' })).toString('base64url');
    const sign = (header: object, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(key);

    const forged: Record<string, string> = {
      'alg none': new UnsecuredJWT(claims).encode(),
      'HS256 by the public key': await sign({ alg: 'HS256', kid }, Buffer.from(pem)),
      'a changed payload': `${head}.${changed}.${mark}`,
      'a cut signature': good.slice(0, -4),
      'another key under the right id': await sign({ kid }, stranger.privateKey),
      'another key under an id of its own': await sign({ kid: 'mine' }, stranger.privateKey),
      'a key that it brings along': await sign({ kid, jwk: strangersJwk }, stranger.privateKey),
      'no key id': await sign({}, stranger.privateKey),
      'another project': await sandbox.signToken('u1', { aud: 'other' }),
      'another issuer': await sandbox.signToken('u1', { iss: 'https://securetoken.google.com/other' }),
      'Google’s other issuer': await sandbox.signToken('u1', { iss: 'https://accounts.google.com' }),
      nobody: await sandbox.signToken('u1', { sub: '' }),
      'no subject': await sandbox.signToken('u1', { sub: undefined }),
      'no end': await sandbox.signToken('u1', { exp: undefined }),
      'no auth_time': await sandbox.signToken('u1', { auth_time: undefined }),
      'an auth_time to come': await sandbox.signToken('u1', { auth_time: nowS() + 60 }),
      'an issue to come': await sandbox.signToken('u1', { iat: nowS() + 60 }),
      'a text': 'hello',
      nothing: '',
      dots: '..',
    };
    for (const [what, token] of Object.entries(forged)) {
      const failure = await failureOf(verify(token), what);
      assert.deepEqual([failure.outcome, failure.code], ['token', 'invalid'], what);
    }
    assert.equal((await verify(good)).uid, 'u1');
    const expired = await failureOf(verify(await sandbox.signToken('u1', { exp: nowS() - 1 })));
    assert.deepEqual([expired.outcome, expired.code], ['token', 'expired']);
  });

  it('takes tokens by the old and the new key while keys change, and none by a withdrawn one', async () => {
    const verify = verifier({ keysCooldownMs: 0 });
    const old = await sandbox.signToken('u1');
    await verify(old);
    await sandbox.rotateKeys();
    const fresh = await sandbox.signToken('u2');
    assert.notEqual(decodeProtectedHeader(fresh).kid, decodeProtectedHeader(old).kid);
    assert.equal((await verify(fresh)).uid, 'u2');
    assert.equal((await verify(old)).uid, 'u1');
    await sandbox.rotateKeys(true);
    const failure = await failureOf(verifier()(old));
    assert.deepEqual([failure.outcome, failure.code], ['token', 'invalid']);
  });

  it('asks for the keys once, however many tokens come with keys that nobody knows', async () => {
    const verify = verifier();
    const good = await sandbox.signToken('u1');
    const { privateKey } = await generateKeyPair('RS256');
    const forge = (kid: string) =>
      new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => forge(`kid-${index}`)));
    await Promise.all(tokens.map(token => failureOf(verify(token))));
    assert.equal((await verify(good)).uid, 'u1');
    assert.equal(fetches(), 1);
  });

  it('says unavailable while it has no keys, and goes on with those it has', async () => {
    const good = await sandbox.signToken('u1');
    for (const fault of ['drop_before', 'server_error', 'garbage'] as const) {
      sandbox.arm({ on: 'keys', fault });
      assert.equal((await failureOf(verifier()(good))).outcome, 'unavailable', fault);
    }
    sandbox.arm({ on: 'keys', fault: 'timeout_before' });
    assert.equal((await failureOf(verifier({ keysTimeoutMs: 200 })(good))).outcome, 'unavailable');
    const verify = verifier({ keysCooldownMs: 0 });
    await verify(good);
    sandbox.arm({ on: 'keys', fault: 'server_error', times: 9 });
    assert.equal((await verify(good)).uid, 'u1');
    await sandbox.rotateKeys();
    assert.equal((await failureOf(verify(await sandbox.signToken('u1')))).outcome, 'unavailable');
  });

  it('takes the emulator’s unsigned tokens only when told, and still checks what they say', async () => {
    const claims = decodeJwt(await sandbox.signToken('u1'));
    const unsigned = (more: object = {}) => new UnsecuredJWT({ ...claims, ...more }).encode();
    const emulator = verifier({ emulator: true });
    assert.equal((await emulator(unsigned())).uid, 'u1');
    assert.equal((await emulator(await sandbox.signToken('u2'))).uid, 'u2');
    for (const wrong of [
      { aud: 'other' },
      { iss: 'other' },
      { exp: nowS() - 1 },
      { auth_time: nowS() + 60 },
      { sub: '' },
    ])
      assert.equal((await failureOf(emulator(unsigned(wrong)))).outcome, 'token');
    assert.equal((await failureOf(verifier()(unsigned()))).outcome, 'token');
  });
});

async function failureOf(call: Promise<unknown>, what = 'the call'): Promise<IdentityFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof IdentityFailure) return error;
    throw error;
  }
  throw new Error(`It was taken: ${what}`);
}
