import assert from 'node:assert/strict';
import { consolePassword, type OpenConsole, openConsole } from '../../support/console.ts';

describe('signing in at the console', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  before(async () => {
    open = await openConsole({ worker: false, ticker: false, env: { TRUST_PROXY: 'true' } });
  });
  after(() => open?.stop());

  const login = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${open.url}/login`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) });

  it('sends who is not signed in to the form, and back to where they were', async () => {
    const asked = await fetch(`${open.url}/queues?x=1`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    assert.equal(asked.headers.get('location'), '/login?next=%2Fqueues%3Fx%3D1');
    const { email } = await open.addOperator('viewer');
    const form = { email, password: consolePassword };
    assert.equal((await login({ ...form, next: '/queues?x=1' })).headers.get('location'), '/queues?x=1');
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example'])
      assert.equal((await login({ ...form, next })).headers.get('location'), '/');
  });

  it('gives a cookie that no script reads and no other site sends, over TLS only where there is TLS', async () => {
    const { email } = await open.addOperator('viewer');
    const form = { email: email.toUpperCase(), password: consolePassword };
    const [plain] = (await login(form)).headers.getSetCookie();
    assert.match(plain ?? '', /^millrace_console=[\w-]{43}; path=\/; expires=[^;]+; samesite=lax; httponly$/i);
    const [secure] = (await login(form, { 'x-forwarded-proto': 'https' })).headers.getSetCookie();
    assert.match(secure ?? '', /; secure/i);
    const kept = await open.db.any("select encode(token_hash, 'base64') as hash from core.operator_sessions");
    assert.ok(!JSON.stringify(kept).includes((plain ?? '').split(/[=;]/)[1] as string));
  });

  it('ends a session at sign-out, for its cookie too', async () => {
    const ada = await open.signIn('viewer');
    assert.equal((await ada.post('/logout', { csrf: 'wrong' })).status, 403);
    assert.equal((await ada.get('/')).status, 200);
    const out = await ada.post('/logout');
    assert.equal(out.headers.get('location'), '/login');
    assert.match(out.headers.getSetCookie()[0] ?? '', /^millrace_console=; .*expires=Thu, 01 Jan 1970/i);
    assert.equal((await ada.get('/')).status, 303);
  });

  it('refuses a session that has expired', async () => {
    const ada = await open.signIn('viewer');
    await open.db.none("update core.operator_sessions set expires_at = now() - interval '1 s'");
    assert.equal((await ada.get('/')).status, 303);
  });

  it('refuses a form from another site', async () => {
    const { email } = await open.addOperator('viewer');
    const form = { email, password: consolePassword };
    assert.equal((await login(form, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await login(form, { origin: open.url })).status, 303);
  });

  it('answers a wrong password and an unknown address alike, and slows down guessing', async () => {
    const { email } = await open.addOperator('admin');
    const wrong = await login({ email, password: 'a guess' });
    const unknown = await login({ email: 'nobody@example.com', password: 'a guess' });
    assert.deepEqual([wrong.status, unknown.status], [401, 401]);
    assert.equal(await wrong.text(), await unknown.text());
    // One guess is spent; with the tenth more, even the right password must wait.
    for (let guess = 2; guess <= 10; guess += 1)
      assert.equal((await login({ email, password: 'a guess' })).status, 401);
    const refused = await login({ email, password: consolePassword });
    assert.equal(refused.status, 429);
    assert.match(await refused.text(), /Too many login attempts/);
    const { email: other } = await open.addOperator('admin');
    assert.equal((await login({ email: other, password: consolePassword })).status, 303, 'others are let in');
  });
});
