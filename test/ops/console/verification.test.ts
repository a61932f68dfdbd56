import assert from 'node:assert/strict';
import { decideVerification, startVerification } from '../../../db/workforce/verification-moves.ts';
import { listVerificationEvents } from '../../../db/workforce/verification-events.ts';
import { describeVerification } from '../../../db/workforce/verification-search.ts';
import { transact } from '../../../db/transact.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';
import { certificateLines, drawPassport, writePdf } from '../../workers/verification/documents.ts';
import { addPaper, addTenant, doubts, type PaperTenant } from './papers.ts';

const review = { status: 'NEEDS_REVIEW', checks: doubts, reason: 'low_confidence' } as const;

describe('a verification’s page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let tenant: PaperTenant;
  let passport: Buffer;

  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    ada = await open.signIn('operator');
    tenant = await addTenant(open);
    passport = await drawPassport();
  });
  after(() => open?.stop());

  const png = () => ({ bytes: passport, contentType: 'image/png', filename: 'päss.png' });
  const fetchDocument = (id: string, who: SignedIn, query = '') =>
    fetch(`${open.url}/verifications/${id}/document${query}`, { headers: { cookie: who.cookie } });
  const traces = (action: string, subject: string) =>
    open.db.any<{ actor: string; reason: string }>(
      'select actor, reason from core.audit where action = $1 and subject = $2 order by id',
      [action, subject],
    );

  it('shows the document beside each check with its verdict, evidence and confidence, and the history', async () => {
    const id = await addPaper(open, tenant, { ...png(), verdict: review });
    const { status, text } = await ada.get(`/verifications/${id}`);
    assert.equal(status, 200);
    assert.ok(text.includes(`<img src="/verifications/${id}/document"`));
    for (const part of ['doubt</span> <b>holder name', '62 % sure', 'ANNA ERIKSON', 'Anna Maria Eriksson', 'page 1'])
      assert.ok(text.includes(part), part);
    assert.ok(text.includes('born 1974-08-12'));
    for (const became of ['pending', 'processing', 'needs review'])
      assert.ok(text.includes(`>${became}</span></td>`), became);
  });

  it('streams the stored file as it is, to be shown by us alone, and run by nobody', async () => {
    const id = await addPaper(open, tenant, { ...png(), verdict: review });
    const answer = await fetchDocument(id, ada);
    assert.equal(answer.status, 200);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), passport);
    const { headers } = answer;
    assert.equal(headers.get('content-type'), 'image/png');
    assert.equal(headers.get('content-length'), String(passport.length));
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('content-security-policy'), "default-src 'none'; sandbox; frame-ancestors 'self'");
    assert.match(headers.get('content-disposition') ?? '', /^inline; .*filename\*=UTF-8''p%C3%A4ss\.png$/);
    assert.match((await fetchDocument(id, ada, '?save=1')).headers.get('content-disposition') ?? '', /^attachment;/);
    const script = { bytes: Buffer.from('<svg/>'), contentType: 'image/svg+xml', filename: 'a.svg' };
    const drawn = await addPaper(open, tenant, script);
    assert.match((await fetchDocument(drawn, ada)).headers.get('content-disposition') ?? '', /^attachment;/);
    assert.doesNotMatch((await ada.get(`/verifications/${drawn}`)).text, /<img|<object/);
  });

  it('tells the audit who has looked at a person’s document, once an hour', async () => {
    const id = await addPaper(open, tenant, png());
    const ben = await open.signIn('admin');
    for (const who of [ada, ada, ben, ada]) await (await fetchDocument(id, who)).arrayBuffer();
    assert.deepEqual(
      (await traces('verification.view', id)).map(trace => trace.actor),
      [ada.email, ben.email],
    );
    await open.db.none("update core.audit set at = at - interval '61 minutes' where subject = $1", [id]);
    await (await fetchDocument(id, ada)).arrayBuffer();
    assert.equal((await traces('verification.view', id)).length, 3);
  });

  it('keeps the document and what was found in it from viewers, and from strangers', async () => {
    const id = await addPaper(open, tenant, { ...png(), verdict: review });
    const viewer = await open.signIn('viewer');
    const { status, text } = await viewer.get(`/verifications/${id}`);
    assert.equal(status, 200);
    assert.doesNotMatch(text, /<img|ERIKSON|Eriksson|1974|name="decision"/);
    assert.match(text, /holder name/);
    assert.equal((await fetchDocument(id, viewer)).status, 403);
    assert.equal((await traces('verification.view', id)).length, 0);
    assert.equal((await viewer.post(`/verifications/${id}/review`, { decision: 'APPROVED', reason: 'x' })).status, 403);
    const stranger = await fetch(`${open.url}/verifications/${id}/document`, { headers: { accept: 'image/*' } });
    assert.equal(stranger.status, 401);
  });

  it('says plainly that the file is gone', async () => {
    const id = await addPaper(open, tenant, png());
    const { storageKey } = (await describeVerification(open.db, id))!;
    await open.outside.ports.files.delete(storageKey);
    const { status, text } = await ada.get(`/verifications/${id}`);
    assert.equal(status, 200);
    assert.match(text, /The file is not in the store any more/);
    assert.equal((await fetchDocument(id, ada)).status, 404);
  });

  it('approves and rejects for good, with the reason in history and audit', async () => {
    for (const [decision, action] of [
      ['APPROVED', 'approve'],
      ['REJECTED', 'reject'],
    ] as const) {
      const id = await addPaper(open, tenant, { verdict: review });
      const done = await ada.post(`/verifications/${id}/review`, { decision, reason: ' seen in person ' });
      assert.equal(done.status, 303, done.text);
      const row = (await describeVerification(open.db, id))!;
      assert.equal(row.status, decision);
      assert.equal(row.review?.note, 'seen in person');
      const events = await listVerificationEvents(open.db, { tenantId: tenant.id, id });
      assert.equal(events.at(-1)?.actor, `operator/${row.review?.reviewedBy}`);
      assert.deepEqual(await traces(`verification.${action}`, id), [{ actor: ada.email, reason: 'seen in person' }]);
      const { text } = await ada.get(`/verifications/${id}`);
      assert.ok(text.includes(`>${ada.email}</td>`), 'the operator by their name');
      assert.doesNotMatch(text, /name="decision"/);
    }
  });

  it('says who was faster, and that a worker still looks; neither changes anything', async () => {
    const id = await addPaper(open, tenant, { verdict: review });
    const named = { tenantId: tenant.id, id };
    const theirs = { decision: 'REJECTED', note: 'too dark', reasonCode: null, reviewedBy: tenant.userId } as const;
    await transact(open.spine, tx => decideVerification(tx, named, theirs));
    const late = await ada.post(`/verifications/${id}/review`, { decision: 'APPROVED', reason: 'fine' });
    assert.equal(late.status, 409);
    assert.match(late.text, /Somebody was faster: it was rejected at .*too dark/);
    const running = await addPaper(open, tenant);
    await transact(open.spine, tx => startVerification(tx, { tenantId: tenant.id, id: running }));
    assert.match((await ada.get(`/verifications/${running}`)).text, /A worker is still looking at it/);
    const early = await ada.post(`/verifications/${running}/review`, { decision: 'APPROVED', reason: 'fine' });
    assert.equal(early.status, 409);
    assert.match(early.text, /A worker is still looking at it\./);
    assert.equal((await describeVerification(open.db, id))?.status, 'REJECTED');
    assert.equal((await describeVerification(open.db, running))?.status, 'PROCESSING');
    assert.equal(
      (await traces('verification.approve', id)).length + (await traces('verification.approve', running)).length,
      0,
    );
  });

  it('refuses forged forms, no reason, no decision, and what is not there', async () => {
    const id = await addPaper(open, tenant, { verdict: review });
    const path = `/verifications/${id}/review`;
    assert.equal((await ada.post(path, { csrf: 'forged', decision: 'APPROVED', reason: 'x' })).status, 403);
    assert.equal((await ada.post(path, { decision: 'APPROVED', reason: ' ' })).status, 400);
    assert.equal((await ada.post(path, { decision: 'AUTO_PASS', reason: 'x' })).status, 400);
    assert.equal((await describeVerification(open.db, id))?.status, 'NEEDS_REVIEW');
    const nobody = `/verifications/${uuidV7()}`;
    assert.equal((await ada.post(`${nobody}/review`, { decision: 'APPROVED', reason: 'x' })).status, 404);
    for (const missing of [nobody, `${nobody}/document`, '/verifications/seven', '/verifications/seven/document'])
      assert.equal((await ada.get(missing)).status, 404, missing);
  });

  it('shows a picture and a PDF in a browser, where it is approved', async function () {
    const browser = (await openBrowser()) ?? this.skip();
    try {
      const bytes = await writePdf([certificateLines()]);
      const paper = { type: 'certification', bytes, contentType: 'application/pdf', filename: 'course.pdf' } as const;
      const certificate = await addPaper(open, tenant, { ...paper, verdict: review });
      const id = await addPaper(open, tenant, { ...png(), verdict: review });
      const page = await openPage(browser, open.url, ada.email);
      const problems: string[] = [];
      page.on('console', message => message.type() === 'error' && problems.push(message.text()));
      page.on('dialog', dialog => void dialog.accept());
      const shown = page.waitForResponse(response => response.url().endsWith(`${certificate}/document`));
      await page.goto(`${open.url}/verifications/${certificate}`);
      assert.equal((await shown).status(), 200);
      await page.goto(`${open.url}/verifications/${id}`);
      const width = await page.evaluate("document.querySelector('.paper img').naturalWidth");
      assert.equal(width, 1476);
      await page.fill('textarea[name=reason]', 'the same person, seen in daylight');
      await page.click('button:has-text("Approve")');
      await page.waitForSelector('#said:has-text("It is approved")');
      assert.equal((await describeVerification(open.db, id))?.status, 'APPROVED');
      assert.deepEqual(problems, []);
    } finally {
      await browser.close();
    }
  });
});
