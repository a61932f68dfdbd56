import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type ClerkSandbox, startClerkSandbox } from '../../../ops/sandbox/clerk/server.ts';
import { createClerkPort } from '../../../shared/ports/clerk.ts';

describe('ops/sandbox/clerk', () => {
  let folder: string;
  let file: string;
  let sandbox: ClerkSandbox;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clerk-sandbox-'));
    file = join(folder, 'clerk.log');
    sandbox = await startClerkSandbox({ file });
  });
  afterEach(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true });
  });

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: text }),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    return { status: response.status, body: (await response.json()) as any };
  }
  const ana = { email: 'Ana@Example.com', name: 'Ana' };

  it('makes a user once, and tokens for them that the real verifier takes', async () => {
    const first = await call('POST', '/_sandbox/users', ana);
    assert.deepEqual([first.status, first.body.email, first.body.name], [200, 'ana@example.com', 'Ana']);
    assert.match(first.body.id, /^user_[0-9a-f]{24}$/);
    assert.equal((await call('POST', '/_sandbox/users', ana)).body.id, first.body.id);
    assert.deepEqual((await call('GET', '/_sandbox/users')).body.users, [first.body]);
    const { body } = await call('POST', '/_sandbox/tokens', { email: 'ana@example.com', lifetimeS: 3_600 });
    const { iat = 0, exp = 0, iss } = decodeJwt(body.token);
    assert.deepEqual([exp - iat, iss], [3_600, sandbox.issuer]);
    const port = createClerkPort({ issuer: sandbox.issuer, jwksUrl: sandbox.jwksUrl });
    assert.deepEqual(await port.verifyToken(body.token), {
      subject: first.body.id,
      email: 'ana@example.com',
      displayName: 'Ana',
    });
  });

  it('gives tokens of a minute, as the provider does, and none to nobody', async () => {
    await call('POST', '/_sandbox/users', ana);
    const { iat = 0, exp = 0 } = decodeJwt((await call('POST', '/_sandbox/tokens', { email: ana.email })).body.token);
    assert.equal(exp - iat, 60);
    assert.equal((await call('POST', '/_sandbox/tokens', { email: 'nobody@example.com' })).status, 404);
  });

  it('publishes public keys alone, and rotates them', async () => {
    const keys = async () => (await call('GET', '/.well-known/jwks.json')).body.keys as Record<string, string>[];
    const [first] = await keys();
    assert.deepEqual(Object.keys(first ?? {}).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const { kid } = (await call('POST', '/_sandbox/keys/rotate')).body;
    assert.deepEqual(
      (await keys()).map(key => key['kid']),
      [kid, first?.['kid']],
    );
    const last = (await call('POST', '/_sandbox/keys/rotate', { withdraw: true })).body.kid;
    assert.deepEqual(
      (await keys()).map(key => key['kid']),
      [last],
    );
  });

  it('knows its users and keys again after a restart, from a file that is its owner’s alone', async () => {
    const { id } = sandbox.keepUser(ana);
    const token = await sandbox.signToken(id);
    await sandbox.stop();
    assert.equal(statSync(file).mode & 0o777, 0o600);
    sandbox = await startClerkSandbox({ file });
    assert.equal(sandbox.keepUser(ana).id, id);
    assert.equal(decodeProtectedHeader(await sandbox.signToken(id)).kid, decodeProtectedHeader(token).kid);
    const port = createClerkPort({ issuer: sandbox.issuer, jwksUrl: sandbox.jwksUrl });
    assert.equal((await port.verifyToken(token)).subject, id);
  });

  it('refuses what it does not take, and pages of browsers', async () => {
    for (const body of ['{', {}, { email: 'x' }, { ...ana, more: 1 }, { ...ana, name: 'n'.repeat(201) }])
      assert.equal((await call('POST', '/_sandbox/users', body)).status, 400, JSON.stringify(body));
    for (const lifetimeS of [0, 1.5, '60', 31_536_001])
      assert.equal((await call('POST', '/_sandbox/tokens', { email: ana.email, lifetimeS })).status, 400);
    assert.equal((await call('GET', '/nowhere')).status, 404);
    const page = { origin: 'https://evil.example' };
    assert.equal((await call('POST', '/_sandbox/tokens', { email: ana.email }, page)).status, 403);
  });
});
