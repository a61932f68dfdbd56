import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readMails, readTexts } from '../../../ops/console/read-outbox.ts';
import { startConsole } from '../../../ops/console/server.ts';
import { type OpenConsole, openBrowser, openConsole, openPage, type SignedIn } from '../../support/console.ts';

describe('the outbox’s page', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;

  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    ada = await open.signIn('viewer');
  });
  after(() => open?.stop());

  const mail = (subject: string, text = 'Good morning') => ({
    to: 'zoe@example.com',
    onceKey: `${subject} ${text}`,
    subject,
    text,
    html: `<p>${text}</p>`,
  });

  it('says so while nothing was sent', async () => {
    const { status, text } = await ada.get('/outbox');
    assert.equal(status, 200);
    assert.match(text, /No mail was sent yet\./);
  });

  it('shows mails, the newest first, each linked to its page in the outbox', async () => {
    for (const subject of ['The first', 'The <b>second</b>']) await open.outside.ports.mailer.send(mail(subject));
    const { text } = await ada.get('/outbox');
    const [newest, oldest] = open.outside.outbox.mails();
    const at = (id: number | undefined) => text.indexOf(`href="${open.outside.outbox.url}/mails/${id}"`);
    assert.ok(at(newest?.id) > 0 && at(newest?.id) < at(oldest?.id));
    assert.ok(text.includes('The &lt;b&gt;second') && !text.includes('<b>second'), 'a subject is no markup');
    assert.match(text, /zoe@example\.com/);
  });

  it('shows text messages, and refuses an answer that is something else', async () => {
    let body: unknown;
    const server: Server = createServer((_, response) => void response.end(JSON.stringify(body))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const text = { sid: 'SM1', from: '+1', to: '+14155550100', body: 'Your code', status: 'delivered', createdAt: 1 };
      body = { texts: [text, { ...text, sid: 'SM2' }].map(one => ({ ...one, errorCode: null, history: [] })) };
      const read = await readTexts(url, 1);
      assert.deepEqual('rows' in read && read.rows.map(({ sid }) => sid), ['SM1']);
      assert.deepEqual(await readMails(url, 1), { problem: 'it answered something else' });
    } finally {
      server.close();
    }
  });

  it('is opened from the navigation in a browser', async function () {
    const browser = (await openBrowser()) ?? this.skip();
    try {
      await open.outside.ports.mailer.send(mail('To be opened', 'from the console'));
      const page = await openPage(browser, open.url, ada.email);
      await page.click('nav >> text=Outbox');
      await page.click('text=To be opened');
      await page.waitForSelector('h1:has-text("To be opened")');
      assert.ok(page.url().startsWith(open.outside.outbox.url));
    } finally {
      await browser.close();
    }
  });

  it('says that the outbox is away', async () => {
    await open.outside.outbox.stop();
    const { status, text } = await ada.get('/outbox');
    assert.equal(status, 200);
    assert.equal(text.match(/The outbox is not reachable/g)?.length, 2);
  });

  it('is not there beside real providers', async () => {
    const real = await startConsole(open.spine, open.outside.ports, { outboxUrl: null });
    try {
      const answer = await fetch(`${real.url}/outbox`, { headers: { cookie: ada.cookie } });
      assert.equal(answer.status, 404);
      assert.doesNotMatch(await answer.text(), /href="\/outbox"/);
    } finally {
      await real.stop();
    }
  });
});
