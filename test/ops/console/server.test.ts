import assert from 'node:assert/strict';
import { changeOperator, type OperatorRole, operatorRoles } from '../../../db/core/operators.ts';
import { actions, pages, resources } from '../../../ops/console/pages.ts';
import { startConsole } from '../../../ops/console/server.ts';
import { mayActAs } from '../../../ops/console/session.ts';
import { sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { consolePassword, openConsole, type OpenConsole, type SignedIn } from '../../support/console.ts';

const params: Record<string, string> = {
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  kind: 'transfer',
  code: 'unavailable',
  name: 'transfer-comparison',
};
/** An address of the path, with something in the place of each parameter. */
const addressOf = (path: string) => path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? assert.fail(path));
const looks = [...pages, ...resources].map(({ path, role }) => ({ path, role: role ?? 'viewer' }));
const acts = actions.map(({ path, role }) => ({ path, role: role ?? 'operator' }));

/** What is not as usual: viewers look, operators act. Whoever changes a role changes it here too. */
const unusual: Record<OperatorRole, string[]> = {
  viewer: ['POST /account/password'],
  operator: ['GET /redrive', 'GET /verifications/:id/document'],
  admin: [
    'GET /operators',
    'POST /operators',
    'POST /operators/:id/disable',
    'POST /operators/:id/enable',
    'POST /operators/:id/password',
    'POST /operators/:id/role',
  ],
};

describe('the console', () => {
  let open: OpenConsole;
  const people = {} as Record<OperatorRole, SignedIn>;

  before(async function () {
    this.timeout(120_000);
    open = await openConsole({ worker: false, ticker: false });
    for (const role of operatorRoles) people[role] = await open.signIn(role);
  });
  after(() => open.stop());

  const raw = (path: string, init: RequestInit = {}) => fetch(open.url + path, { redirect: 'manual', ...init });
  const login = (email: string, password: string, more: Record<string, string> = {}) =>
    raw('/login', { method: 'POST', body: new URLSearchParams({ email, password, ...more }) });

  it('refuses U+0000 in an address, on every page', async () => {
    for (const { path } of pages) {
      const reply = await people.admin.get(`${addressOf(path)}?owner=a%00b`);
      assert.equal(reply.status, 400, path);
    }
  });

  describe('lets nobody in', () => {
    it('who has not signed in: every page sends them to the door, and remembers where they were going', async () => {
      for (const { path } of looks) {
        const reply = await raw(addressOf(path), { headers: { accept: 'text/html' } });
        assert.equal(reply.status, 303, path);
        assert.equal(reply.headers.get('location'), `/login?next=${encodeURIComponent(addressOf(path))}`);
      }
      assert.equal((await raw('/live?path=/')).status, 401);
    });

    it('who has not signed in: no action does anything', async () => {
      for (const { path } of [...acts, { path: '/logout' }])
        assert.equal((await raw(addressOf(path), { method: 'POST', body: new URLSearchParams() })).status, 401, path);
    });

    it('by a wrong password, an unknown address or a disabled account, which all read alike', async () => {
      const gone = await open.addOperator('admin');
      await changeOperator(open.db, gone.id, { disabled: true });
      const texts = new Set<string>();
      for (const [email, password] of [
        [people.admin.email, 'wrong'],
        ['nobody@example.com', consolePassword],
        [gone.email, consolePassword],
      ] as const) {
        const reply = await login(email, password);
        assert.equal(reply.status, 401);
        assert.deepEqual(reply.headers.getSetCookie(), []);
        texts.add(await reply.text());
      }
      assert.equal(texts.size, 1);
    });

    it('by guessing: after ten tries at one account none is looked at for a while, and others are not held up', async () => {
      const { email } = await open.addOperator('operator');
      for (let n = 0; n < 10; n++) assert.equal((await login(email, 'guess')).status, 401);
      const refused = await login(email.toUpperCase(), consolePassword);
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      const other = await open.addOperator('operator');
      assert.equal((await login(other.email, consolePassword)).status, 303);
    });

    it('by a session that has expired, was ended, or whose operator is disabled', async () => {
      const isIn = async (person: SignedIn) => (await person.get('/')).status === 200;
      const [late, left, sacked] = [await open.signIn(), await open.signIn(), await open.signIn()];
      for (const person of [late, left, sacked]) assert.ok(await isIn(person));
      await open.db.none(
        `update core.operator_sessions set expires_at = now() where operator_id = (select id from core.operators where email = $1)`,
        [late.email],
      );
      assert.equal((await left.post('/logout')).status, 303);
      const { id } = await open.db.one<{ id: string }>('select id from core.operators where email = $1', [
        sacked.email,
      ]);
      await changeOperator(open.db, id, { disabled: true });
      for (const person of [late, left, sacked]) {
        for (const { path } of looks) assert.ok([303, 401].includes((await person.get(addressOf(path))).status), path);
        for (const { path } of acts) assert.equal((await person.post(addressOf(path))).status, 401, path);
      }
    });

    it('with a token of their own making', async () => {
      assert.equal((await raw('/', { headers: { cookie: 'millrace_console=guess' } })).status, 303);
    });
  });

  describe('gives a session', () => {
    it('in a cookie that no script reads, no other site sends along, and that ends', async () => {
      const reply = await login(people.viewer.email, consolePassword);
      const [cookie] = reply.headers.getSetCookie();
      for (const flag of [/; path=\/(;|$)/i, /; httponly(;|$)/i, /; samesite=lax(;|$)/i, /; expires=/i])
        assert.match(cookie as string, flag);
      const [token] = /(?<=millrace_console=)[^;]+/.exec(cookie as string) ?? [];
      const kept = await open.db.any<{ hash: string }>(
        `select encode(token_hash, 'escape') as hash from core.operator_sessions`,
      );
      assert.ok((token as string).length >= 40 && !kept.some(({ hash }) => hash.includes(token as string)));
    });

    it('in a cookie for encrypted lines alone, where the proxy in front speaks TLS', async () => {
      const config = { ...open.spine.config, trustProxy: true, opsPort: 0 };
      const behind = await startConsole({ ...open.spine, config }, open.outside.ports, { outboxUrl: null });
      try {
        const reply = await fetch(`${behind.url}/login`, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'x-forwarded-proto': 'https' },
          body: new URLSearchParams({ email: people.viewer.email, password: consolePassword }),
        });
        assert.match(reply.headers.getSetCookie()[0] as string, /; secure(;|$)/i);
      } finally {
        await behind.stop();
      }
    });

    it('anew with each sign-in', async () => {
      const { email } = await open.addOperator('viewer');
      const cookies = [await login(email, consolePassword), await login(email, consolePassword)].map(
        reply => reply.headers.getSetCookie()[0],
      );
      assert.notEqual(cookies[0], cookies[1]);
    });

    it('and goes on to our own pages only', async () => {
      const goesTo = async (next: string) => {
        const { email } = await open.addOperator('viewer');
        return (await login(email, consolePassword, { next })).headers.get('location');
      };
      assert.equal(await goesTo('/jobs?kind=transfer&status=failed'), '/jobs?kind=transfer&status=failed');
      for (const evil of [
        'https://evil.example',
        '//evil.example',
        '/\\evil.example',
        '/\t/evil.example',
        '\n//evil.example',
        'javascript:alert(1)',
        '',
      ])
        assert.equal(await goesTo(evil), '/', JSON.stringify(evil));
      const form = await (await raw('/login?next=//evil.example"><script>')).text();
      assert.match(form, /name="next" value="\/"/);
    });
  });

  describe('knows roles', () => {
    it('as the list says', () => {
      const found: typeof unusual = { viewer: [], operator: [], admin: [] };
      for (const { path, role } of looks) if (role !== 'viewer') found[role].push(`GET ${path}`);
      for (const { path, role } of acts) if (role !== 'operator') found[role].push(`POST ${path}`);
      for (const paths of Object.values(found)) paths.sort();
      assert.deepEqual(found, unusual);
    });

    it('on every page and what pages load', async () => {
      for (const { path, role } of looks)
        for (const who of operatorRoles) {
          const { status } = await people[who].get(addressOf(path));
          if (mayActAs(who, role)) assert.ok(![401, 403, 500, 503].includes(status), `${who} ${path}: ${status}`);
          else assert.equal(status, 403, `${who} ${path}`);
        }
    });

    it('on every live part', async () => {
      for (const { path, role } of pages) {
        if (mayActAs('viewer', role ?? 'viewer')) continue;
        assert.equal((await people.viewer.get(`/live?path=${encodeURIComponent(addressOf(path))}`)).status, 403, path);
      }
    });

    it('on every action, before anything else is looked at', async () => {
      for (const { path, role } of acts)
        for (const who of operatorRoles)
          if (!mayActAs(who, role))
            assert.equal((await people[who].post(addressOf(path))).status, 403, `${who} ${path}`);
    });

    it('and shows the administration to admins only', async () => {
      assert.match((await people.admin.get('/')).text, /href="\/operators"/);
      assert.doesNotMatch((await people.operator.get('/')).text, /href="\/operators"/);
    });
  });

  describe('acts only on its own forms', () => {
    it("without the session's token no action does anything, and the one before last is stale", async () => {
      const other = await open.signIn('admin');
      for (const { path } of [...acts, { path: '/logout' }])
        for (const csrf of ['', other.csrf]) {
          const reply = await people.admin.post(addressOf(path), { csrf });
          assert.equal(reply.status, 403, path);
          assert.match(reply.text, /form is stale/);
        }
    });

    it('sent from another site they do nothing either', async () => {
      const { cookie, csrf } = people.admin;
      for (const { path } of [...acts, { path: '/logout' }, { path: '/login' }])
        for (const origin of ['https://evil.example', 'null', `${open.url}.evil.example`]) {
          const body = new URLSearchParams({ csrf, email: people.viewer.email, password: consolePassword });
          const reply = await raw(addressOf(path), { method: 'POST', headers: { cookie, origin }, body });
          assert.equal(reply.status, 403, `${path} from ${origin}`);
          assert.deepEqual(reply.headers.getSetCookie(), []);
        }
    });

    it('and refuses what no form of ours sends', async () => {
      const { cookie, csrf } = people.admin;
      const post = (headers: Record<string, string>, body: string) =>
        raw('/logout', { method: 'POST', headers: { cookie, ...headers }, body });
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      assert.equal((await post({ 'content-type': 'application/json' }, JSON.stringify({ csrf }))).status, 400);
      assert.equal((await post(form, `csrf=${csrf}&fill=${'x'.repeat(300_000)}`)).status, 413);
      assert.equal((await post(form, `csrf=${csrf}&csrf=${csrf}`)).status, 403);
      assert.equal((await people.admin.get('/')).status, 200);
    });
  });

  describe('is not to be misled', () => {
    const tag = '"\'><img src=x onerror=alert(1)><script>alert(1)</script>';

    it('by texts that look like markup, wherever they are shown', async () => {
      const admin = await open.signIn('admin');
      await open.db.none('update core.operators set name = left($2, 100) where email = $1', [admin.email, tag]);
      const { id } = await open.db.one<{ id: string }>(
        `insert into core.jobs (id, kind, version, area, owner, tenant, max_attempts, payload, result, request_id, state, fault, created_at, finished_at)
        values ('01890a5d-ac96-774b-bcce-b302099a8057', 'noop', 1, 'core', $1, $1, 5, $2, $2, gen_random_uuid(), 'failed', $3, now(), now()) returning id`,
        [tag, { [tag]: tag }, { code: tag, message: tag, cause: tag }],
      );
      await open.db.none(
        `insert into core.job_attempts (job_id, claim_no, attempt, outcome, fault) values ($1, 1, 1, 'failed', $2)`,
        [id, { code: tag, message: tag }],
      );
      await open.db.none(
        `insert into core.alerts (id, kind, subject, details) values (gen_random_uuid(), $1, $1, $2)`,
        [tag, { [tag]: tag }],
      );
      await open.db.none(
        `insert into core.audit (id, actor, action, subject, reason, details) values (gen_random_uuid(), $1, $1, $1, $1, $2)`,
        [tag, { [tag]: tag }],
      );
      await open.db.none(`insert into core.failure_notes (kind, code, note, updated_by) values ('noop', $1, $1, $1)`, [
        tag,
      ]);
      await sampleFailuresOnce({ db: open.spine.db, metrics: open.spine.metrics });
      const withTag = encodeURIComponent(tag);
      const places = [
        ...pages.filter(({ path }) => !path.includes(':')).map(({ path }) => path),
        `/jobs/${id}`,
        `/failures/noop/${withTag}`,
        `/failures/${withTag}/${withTag}`,
        ...['owner', 'tenant', 'key', 'fault', 'kind', 'ids', 'status'].map(name => `/jobs?${name}=${withTag}`),
        ...['actor', 'action', 'subject', 'what', 'q'].map(name => `/audit?${name}=${withTag}`),
        `/${withTag}`,
        `/live?path=/${withTag}`,
      ];
      let shown = 0;
      for (const place of places) {
        const { text } = await admin.get(place);
        assert.ok(!text.includes('<img src=x') && !text.includes('<script>alert'), place);
        if (text.includes('&lt;img src=x')) shown += 1;
      }
      assert.ok(shown > 10, `the texts are shown on ${shown} pages`);
    });

    it('by a word on what was done that somebody else has put there, or that is no text', async () => {
      const said = async (value: string) =>
        (await raw('/account', { headers: { cookie: `${people.viewer.cookie}; millrace_said=${value}` } })).text();
      assert.match(await said(encodeURIComponent('<b>Done</b>')), /id="said">&lt;b&gt;Done/);
      assert.match(await said('%E0%A4%A'), /id="said"><\/p>/);
    });

    it('by addresses that are none', async () => {
      for (const path of ['//', '/%', '/nowhere', 'http://'])
        assert.equal((await people.viewer.get(`/live?path=${encodeURIComponent(path)}`)).status, 404, path);
      assert.equal((await people.viewer.get('/nowhere')).status, 404);
      assert.equal((await people.viewer.get('/charts/all?what=nothing&span=hour')).status, 400);
      assert.equal((await people.viewer.get('/charts/no-such-kind?what=rates&span=hour')).status, 404);
    });
  });

  it('says on every answer what a browser may do with it', async () => {
    const { cookie } = people.viewer;
    const asset = /\/assets\/[\w-]+\/console\.js/.exec(await (await raw('/login')).text())?.[0] as string;
    const stream = new AbortController();
    const replies = [
      await raw('/login'),
      await raw('/', { headers: { cookie } }),
      await raw('/nowhere', { headers: { cookie } }),
      await raw('/charts/all?what=rates&span=hour', { headers: { cookie } }),
      await raw('/live?path=/', { headers: { cookie }, signal: stream.signal }),
      await raw('/live?path=/'),
      await raw('/logout', { method: 'POST', headers: { cookie } }),
      await raw(asset),
    ];
    stream.abort();
    for (const { url, headers } of replies) {
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/, url);
      assert.match(policy, /script-src 'self';/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.equal(headers.get('referrer-policy'), 'same-origin');
      assert.match(headers.get('cache-control') ?? '', url.endsWith(asset) ? /immutable/ : /no-store/);
    }
  });

  it('keeps scripts and styles out of its pages, so that the policy can be strict', async () => {
    for (const { path } of pages.filter(one => !one.path.includes(':'))) {
      const { text } = await people.admin.get(path);
      assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\sstyle="|\son\w+="/i, path);
    }
  });
});
