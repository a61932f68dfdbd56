import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { checkRefreshToken, newRefreshToken, successorsOf } from '../../../edge/marketplace/refresh-token.ts';
import { readReturnState, signReturnState } from '../../../edge/marketplace/return-state.ts';
import {
  accessLifetimeS,
  marketplaceIssuer,
  readAccessToken,
  signAccessToken,
} from '../../../edge/marketplace/tokens.ts';
import { Fault } from '../../../shared/fault.ts';

const newSecret = () => randomBytes(24).toString('hex');
const secret = newSecret();
const config = { jwtSecret: [secret] };
const session = { userId: randomUUID(), sessionId: randomUUID(), role: 'user' };

async function refused(token: string): Promise<void> {
  await assert.rejects(
    readAccessToken(config, token),
    error => error instanceof Fault && error.code === 'unauthenticated',
  );
}

/** A token that is right but for what a test changes. */
async function forge(header: Record<string, unknown>, claims: Record<string, unknown>, key = secret): Promise<string> {
  const good = decodeProtectedHeader(await signAccessToken(config, session));
  const now = Math.floor(Date.now() / 1000);
  const body = { iss: marketplaceIssuer, aud: 'millrace', sub: session.userId, sid: session.sessionId, role: 'user' };
  const payload = Object.fromEntries(
    Object.entries({ ...body, iat: now, exp: now + 60, ...claims }).filter(([, value]) => value !== undefined),
  );
  return new SignJWT(payload).setProtectedHeader({ ...good, ...header, alg: 'HS256' }).sign(Buffer.from(key));
}

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('edge/marketplace/tokens', () => {
  it('reads the access tokens that it signs', async () => {
    const token = await signAccessToken(config, session);
    assert.deepEqual(await readAccessToken(config, token), { userId: session.userId, sessionId: session.sessionId });
    const { iat, exp, ...claims } = decodeJwt(token);
    assert.deepEqual(claims, {
      iss: marketplaceIssuer,
      aud: 'millrace',
      sub: session.userId,
      sid: session.sessionId,
      role: 'user',
    });
    assert.equal(exp! - iat!, accessLifetimeS);
    await readAccessToken(config, await forge({}, {}));
  });

  it('refuses an expired token and says so', async () => {
    const token = await signAccessToken(config, session, Date.now() - (accessLifetimeS + 1) * 1000);
    await assert.rejects(readAccessToken(config, token), {
      code: 'unauthenticated',
      message: 'The token has expired.',
    });
  });

  for (const [what, header, claims] of [
    ['of another audience', {}, { aud: 'somebody' }],
    ['of another issuer', {}, { iss: 'https://elsewhere.example' }],
    ['without an expiry', {}, { exp: undefined }],
    ['without a session', {}, { sid: undefined }],
    ['whose subject is no user id', {}, { sub: "x' or 1=1" }],
    ['of another type', { typ: 'refresh+jwt' }, {}],
    ['without a key id', { kid: undefined }, {}],
    ['not yet valid', {}, { nbf: Math.floor(Date.now() / 1000) + 86_400 }],
  ] as const) {
    it(`refuses a token ${what}`, async () => refused(await forge(header, claims)));
  }

  it('refuses a token that somebody else signed under our key id', async () => {
    await refused(await forge({}, {}, newSecret()));
  });

  it('refuses unsigned tokens and every other algorithm', async () => {
    const claims = decodeJwt(await forge({}, {}));
    await refused(new UnsecuredJWT(claims).encode());
    const { kid } = decodeProtectedHeader(await forge({}, {}));
    const none = `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${encode(claims)}`;
    await refused(`${none}.`);
    const other = `${encode({ alg: 'HS512', typ: 'at+jwt', kid })}.${encode(claims)}`;
    await refused(`${other}.${createHmac('sha512', secret).update(other).digest('base64url')}`);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await refused(
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: kid! }).sign(privateKey),
    );
  });

  it('refuses what is no token at all', async () => {
    for (const text of ['', '.', '..', 'a.b.c', 'eyJ', `${'a'.repeat(5000)}.b.c`, '💥.💥.💥', 'null', 'mk_abc'])
      await refused(text);
  });

  it('never takes a token of one purpose for another', async () => {
    const refreshToken = await newRefreshToken(config);
    const state = await signReturnState(config, session.userId);
    const access = await signAccessToken(config, session);
    await refused(refreshToken);
    await refused(state);
    await assert.rejects(checkRefreshToken(config, access), { code: 'unauthenticated' });
    await assert.rejects(readReturnState(config, access), { code: 'unauthenticated' });
    assert.equal(await readReturnState(config, state), session.userId);
  });

  it('signs with the first secret and verifies with all of them', async () => {
    const older = await signAccessToken(config, session);
    const rotated = { jwtSecret: [newSecret(), secret] };
    await readAccessToken(rotated, older);
    const newer = await signAccessToken(rotated, session);
    await refused(newer);
    await readAccessToken(rotated, newer);
  });

  it('derives the same successors of a refresh token each time, also across a rotation of secrets', async () => {
    const token = await newRefreshToken(config);
    const [successor] = await successorsOf(config, token);
    assert.deepEqual(await successorsOf(config, token), [successor]);
    assert.notEqual(successor, token);
    await checkRefreshToken(config, successor!);
    const rotated = await successorsOf({ jwtSecret: [newSecret(), secret] }, token);
    assert.equal(rotated[1], successor);
    assert.notEqual(rotated[0], successor);
  });
});
