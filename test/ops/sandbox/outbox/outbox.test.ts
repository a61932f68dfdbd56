import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outbox, type OutboxOptions, startOutbox } from '../../../../ops/sandbox/outbox/server.ts';
import { createMailerPort, type Mail } from '../../../../shared/ports/mailer.ts';

const mail: Mail = { to: 'zoe@example.com', subject: 'Hello', text: 'Hello.', onceKey: 'hello' };

describe('ops/sandbox/outbox', () => {
  let dir: string;
  let outbox: Outbox;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'outbox-'));
    outbox = await startOutbox({ dir });
  });
  afterEach(async () => {
    await outbox.stop();
    rmSync(dir, { recursive: true });
  });

  const send = async (...mails: Partial<Mail>[]): Promise<void> => {
    const mailer = createMailerPort({ url: outbox.smtpUrl, from: 'Mill <no-reply@mill.test>' });
    for (const part of mails) await mailer.send({ ...mail, ...part });
    await mailer.close();
  };
  const restart = async (options: Partial<OutboxOptions> = {}): Promise<void> => {
    await outbox.stop();
    outbox = await startOutbox({ dir, ...options });
  };
  const read = async (path: string): Promise<{ status: number; text: string; headers: Headers }> => {
    const response = await fetch(outbox.url + path);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const subjectsIn = (page: string): string[] =>
    [...page.matchAll(/class="subject">(.*?)</g)].map(([, text]) => text ?? '');

  it('lists mail newest first, as a page and as JSON, and finds it by what it says and whom it is for', async () => {
    await send(
      { subject: 'Invoice 1', onceKey: '1' },
      { subject: 'Invoice 2', onceKey: '2', to: 'Łukasz <lukasz@example.com>' },
      { subject: 'Warranty', text: 'The AMPLIFIER’s invoice', onceKey: '3' },
    );
    assert.deepEqual(subjectsIn((await read('/')).text), ['Warranty', 'Invoice 2', 'Invoice 1']);
    assert.deepEqual(subjectsIn((await read('/?q=INVOICE')).text), ['Warranty', 'Invoice 2', 'Invoice 1']);
    assert.deepEqual(subjectsIn((await read('/?q=amplifier%E2%80%99')).text), ['Warranty']);
    assert.deepEqual(subjectsIn((await read('/?q=lukasz%40')).text), ['Invoice 2']);
    assert.match((await read('/?q=nothing')).text, /Nothing matches/);
    const { mails } = JSON.parse((await read('/mails.json')).text);
    assert.deepEqual(mails, outbox.mails());
    assert.deepEqual(
      mails.map(({ subject, to, text, deliveries }: (typeof mails)[number]) => [
        subject,
        to,
        text.trimEnd(),
        deliveries,
      ]),
      [
        ['Warranty', ['zoe@example.com'], 'The AMPLIFIER’s invoice', 1],
        ['Invoice 2', ['lukasz@example.com'], 'Hello.', 1],
        ['Invoice 1', ['zoe@example.com'], 'Hello.', 1],
      ],
    );
  });

  it('pages a long list', async () => {
    await send(...Array.from({ length: 52 }, (_, index) => ({ subject: `Mail ${index}`, onceKey: `page-${index}` })));
    const first = (await read('/?q=mail')).text;
    assert.equal(subjectsIn(first).length, 50);
    assert.match(first, /href="\/\?q=mail&amp;page=2"/);
    assert.deepEqual(subjectsIn((await read('/?q=mail&page=2')).text), ['Mail 1', 'Mail 0']);
    assert.deepEqual(subjectsIn((await read('/?page=99')).text), ['Mail 1', 'Mail 0']);
  });

  it('shows a mail as HTML, as text and as it came, and gives its attachments to keep', async () => {
    const content = Buffer.from('%PDF-1.7 \u0000 ü');
    await send({
      subject: 'Ihre Rechnung',
      text: 'Im Anhang: 12,50 €',
      html: '<p>Im Anhang: <b>12,50 €</b></p>',
      attachments: [{ filename: 'Rechnung "ü".pdf', contentType: 'application/pdf', content }],
    });
    const page = (await read('/mails/1')).text;
    assert.match(page, /<h1>Ihre Rechnung<\/h1>/);
    assert.match(page, /Rechnung &quot;ü&quot;\.pdf/);
    assert.match(page, /<iframe[^>]* src="\/mails\/1\/body" sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    assert.match((await read('/mails/1/body')).text, /<b>12,50 €<\/b>/);
    assert.match((await read('/mails/1?view=text')).text, /Im Anhang: 12,50 €/);
    assert.match((await read('/mails/1?view=source')).text, /Message-ID: &lt;hello@mill\.test&gt;/);
    const attachment = await fetch(`${outbox.url}/mails/1/attachments/0`);
    assert.ok(Buffer.from(await attachment.arrayBuffer()).equals(content));
    assert.equal(attachment.headers.get('content-type'), 'application/pdf');
    assert.equal(
      attachment.headers.get('content-disposition'),
      "attachment; filename*=UTF-8''Rechnung%20%22%C3%BC%22.pdf",
    );
    for (const path of ['/mails/2', '/mails/1/attachments/1', '/mails/x', '/mails/1/body/2', '/favicon.ico'])
      assert.equal((await read(path)).status, 404, path);
  });

  it('lets nothing in a mail run, fetch or break out', async () => {
    const script = '<script>alert(1)</script>';
    await send({
      subject: script,
      text: script,
      html: `${script}<img src="http://127.0.0.1:1/pixel" onerror="alert(1)">`,
      attachments: [{ filename: `${script}.html`, contentType: 'text/html', content: Buffer.from(script) }],
    });
    for (const path of [
      '/',
      '/mails/1',
      '/mails/1?view=text',
      '/mails/1?view=source',
      `/?q=${encodeURIComponent(script)}`,
    ]) {
      const { text, headers } = await read(path);
      assert.doesNotMatch(text, /<script/, path);
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self'; /);
    }
    const body = await read('/mails/1/body');
    const policy = body.headers.get('content-security-policy')?.split('; ') ?? [];
    assert.ok(policy.includes("default-src 'none'"));
    assert.ok(policy.includes('sandbox allow-popups allow-popups-to-escape-sandbox'));
    assert.ok(policy.includes('img-src data:'));
    assert.ok(!policy.some(directive => directive.startsWith('script-src')));
    const attachment = await read('/mails/1/attachments/0');
    assert.match(attachment.headers.get('content-disposition') ?? '', /^attachment; /);
    assert.equal(attachment.headers.get('content-security-policy'), "default-src 'none'; sandbox");
    for (const { headers } of [body, attachment]) assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  it('keeps mail, and what it knows as a repeat, over a restart', async () => {
    await send({ onceKey: '1' }, { onceKey: '2' }, { onceKey: '1' });
    const before = outbox.mails();
    assert.deepEqual(
      before.map(({ deliveries }) => deliveries),
      [1, 2],
    );
    await restart();
    assert.deepEqual(outbox.mails(), before);
    await send({ onceKey: '2' }, { onceKey: '3' }, { onceKey: '2', to: 'somebody.else@example.com' });
    assert.deepEqual(
      outbox.mails().map(({ id, deliveries }) => [id, deliveries]),
      [
        [4, 1],
        [3, 1],
        [2, 2],
        [1, 2],
      ],
    );
  });

  it('drops the oldest beyond its bound, files and all', async () => {
    await restart({ maxMails: 2 });
    await send({ onceKey: '1' }, { onceKey: '2' }, { onceKey: '3' });
    assert.deepEqual(
      outbox.mails().map(({ id }) => id),
      [3, 2],
    );
    assert.deepEqual(readdirSync(dir).sort(), ['2.eml', '2.json', '3.eml', '3.json']);
    await outbox.empty();
    assert.deepEqual(readdirSync(dir), []);
  });

  it('counts two deliveries of one mail at the same moment as one mail', async () => {
    await Promise.all([send(mail), send(mail), send(mail)]);
    assert.deepEqual(
      outbox.mails().map(({ deliveries }) => deliveries),
      [3],
    );
  });

  it('takes faults over HTTP, from tools and not from web pages', async () => {
    const post = async (body: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${outbox.url}/_sandbox/faults`, { method: 'POST', body, headers })).status;
    const fault = { fault: 'refuse_recipient', times: 2, match: { to: 'zoe@example.com' } };
    assert.equal(await post(JSON.stringify(fault)), 201);
    for (const bad of [
      '{"fault":"explode"}',
      '{"fault":"slow","times":0}',
      '{"fault":"slow","match":{"to":1}}',
      '{',
      '[]',
    ])
      assert.equal(await post(bad), 400, bad);
    assert.equal(await post(JSON.stringify(fault), { origin: 'http://evil.test' }), 403);
    assert.deepEqual(JSON.parse((await read('/_sandbox/state')).text), { mails: [], faults: [fault] });
    await assert.rejects(send(mail), { outcome: 'refused' });
    await fetch(`${outbox.url}/_sandbox/faults`, { method: 'DELETE' });
    await send(mail);
    await fetch(`${outbox.url}/_sandbox/mails`, { method: 'DELETE' });
    assert.deepEqual(JSON.parse((await read('/_sandbox/state')).text), { mails: [], faults: [] });
    assert.equal((await fetch(`${outbox.url}/`, { method: 'POST' })).status, 405);
  });
});
