import assert from 'node:assert/strict';
import { setOperatorRole } from '../../../ops/actions/operators.ts';
import {
  consolePassword,
  type OpenConsole,
  openBrowser,
  openConsole,
  openPage,
  type SignedIn,
} from '../../support/console.ts';

describe('the operators’ page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let admin: SignedIn;
  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    admin = await open.signIn('admin');
  });
  after(() => open?.stop());

  const idOf = async (email: string): Promise<string> =>
    (await open.db.one('select id from core.operators where email = $1', [email])).id;
  const login = (email: string, password: string) =>
    fetch(`${open.url}/login`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ email, password }) });
  const passwordIn = (text: string) => /<code id="password">([^<]+)</.exec(text)?.[1] ?? '';

  it('cannot leave itself without an admin', async () => {
    const id = await idOf(admin.email);
    for (const [verb, form] of [
      ['disable', { reason: 'oops' }],
      ['role', { reason: 'oops', role: 'viewer' }],
    ] as const) {
      const answer = await admin.post(`/operators/${id}/${verb}`, form);
      assert.equal(answer.status, 409);
      assert.match(answer.text, /last enabled admin/);
    }
    assert.equal((await admin.get('/operators')).status, 200);
  });

  it('keeps one of two admins who demote each other at the same time', async () => {
    const [a, b] = [await open.addOperator('admin'), await open.addOperator('admin')];
    await open.db.none("update core.operators set role = 'viewer' where id not in ($1, $2)", [a.id, b.id]);
    const ended = await Promise.allSettled([
      setOperatorRole(open.spine, { id: a.id, role: 'viewer' }, { actor: b.email }),
      setOperatorRole(open.spine, { id: b.id, role: 'viewer' }, { actor: a.email }),
    ]);
    assert.deepEqual(ended.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    await open.db.none("update core.operators set role = 'admin' where email = $1", [admin.email]);
  });

  it('shows a new person’s password once, and nowhere else', async () => {
    const form = { name: 'Grace', email: 'Grace@Example.com', role: 'operator', reason: 'joins the night shift' };
    const made = await admin.post('/operators', form);
    assert.equal(made.status, 200);
    assert.equal(made.headers.getSetCookie().length, 0);
    const password = passwordIn(made.text);
    assert.ok(password.length >= 20);
    const kept = await open.db.any('select * from core.audit');
    assert.ok(!JSON.stringify(kept).includes(password));
    assert.ok(!(await admin.get('/operators')).text.includes(password));
    assert.equal((await login('grace@example.com', password)).status, 303);
    assert.equal((await admin.post('/operators', form)).status, 409);
    assert.equal((await admin.post('/operators', { ...form, email: 'nobody' })).status, 400);
  });

  it('signs somebody out who is disabled, and lets them in again once enabled', async () => {
    const bob = await open.signIn('operator');
    const id = await idOf(bob.email);
    assert.equal((await bob.get('/')).status, 200);
    await admin.post(`/operators/${id}/disable`, { reason: 'has left' });
    assert.equal((await bob.get('/')).headers.get('location'), '/login?next=%2F');
    assert.equal((await login(bob.email, consolePassword)).status, 401);
    await admin.post(`/operators/${id}/enable`, { reason: 'is back' });
    assert.equal((await bob.get('/')).status, 303, 'the old session stays ended');
    assert.equal((await login(bob.email, consolePassword)).status, 303);
  });

  it('ends the sessions of whoever gets another role or password', async () => {
    const bob = await open.signIn('viewer');
    const id = await idOf(bob.email);
    await admin.post(`/operators/${id}/role`, { role: 'operator', reason: 'on call now' });
    assert.equal((await bob.get('/')).status, 303);
    const same = await admin.post(`/operators/${id}/role`, { role: 'operator', reason: 'a slip' });
    assert.equal(same.status, 409);
    const again = await admin.post(`/operators/${id}/password`, { reason: 'forgotten' });
    assert.equal((await login(bob.email, consolePassword)).status, 401);
    assert.equal((await login(bob.email, passwordIn(again.text))).status, 303);
  });

  it('is for admins alone', async () => {
    const operator = await open.signIn('operator');
    assert.equal((await operator.get('/operators')).status, 403);
    assert.doesNotMatch((await operator.get('/')).text, /href="\/operators"/);
    const id = await idOf(operator.email);
    assert.equal((await operator.post(`/operators/${id}/role`, { role: 'admin', reason: 'me' })).status, 403);
    assert.equal((await admin.post(`/operators/${id}/role`, { role: 'admin', reason: 'x', csrf: 'y' })).status, 403);
    assert.equal((await admin.post(`/operators/${id}/role`, { role: 'god', reason: 'x' })).status, 400);
    assert.equal((await admin.post('/operators/17/disable', { reason: 'x' })).status, 404);
  });

  it('adds somebody in a browser, who then changes their password', async function () {
    const browser = await openBrowser();
    if (!browser) {
      this.skip();
      return;
    }
    try {
      const page = await openPage(browser, open.url, admin.email);
      await page.goto(`${open.url}/operators`);
      const form = page.locator('form[action="/operators"]');
      await form.locator('input[name=name]').fill('Joan');
      await form.locator('input[name=email]').fill('joan@example.com');
      await form.locator('select[name=role]').selectOption('viewer');
      await form.locator('input[name=reason]').fill('looks on');
      await form.locator('button').click();
      const password = (await page.locator('#password').textContent()) ?? '';
      await page.context().clearCookies();
      await page.goto(`${open.url}/login`);
      await page.fill('input[name=email]', 'joan@example.com');
      await page.fill('input[name=password]', password);
      await page.click('button:has-text("Sign in")');
      await page.click('header a[href="/account"]');
      await page.fill('input[name=current]', password);
      await page.fill('input[name=next]', 'a password of her own');
      await page.fill('input[name=again]', 'a password of her own');
      await page.click('button:has-text("Change")');
      await page.waitForSelector('#said:has-text("Your password is changed")');
      assert.equal((await login('joan@example.com', 'a password of her own')).status, 303);
    } finally {
      await browser.close();
    }
  });
});

describe('the account’s page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
  });
  after(() => open?.stop());

  it('changes one’s own password, keeps this session and ends the others', async () => {
    const here = await open.signIn('viewer');
    const there = await fetch(`${open.url}/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ email: here.email, password: consolePassword }),
    });
    const cookie = there.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const look = async () =>
      (await fetch(`${open.url}/`, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })).status;
    assert.equal(await look(), 200);
    const next = 'something quite new';
    const change = (form: Record<string, string>) => here.post('/account/password', form);
    assert.equal((await change({ current: 'wrong', next, again: next })).status, 403);
    assert.equal((await change({ current: consolePassword, next, again: 'another thing' })).status, 400);
    assert.equal((await change({ current: consolePassword, next: 'short', again: 'short' })).status, 400);
    assert.equal(await look(), 200);
    assert.equal((await change({ current: consolePassword, next, again: next })).status, 303);
    assert.equal(await look(), 303);
    assert.equal((await here.get('/account')).status, 200);
  });
});
