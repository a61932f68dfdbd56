import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { simpleParser } from 'mailparser';
import { type Outbox, startOutbox } from '../../../ops/sandbox/outbox/server.ts';
import { createMailerPort, type Mail, MailerFailure, type MailerPort } from '../../../shared/ports/mailer.ts';
import { eventually } from '../../support/eventually.ts';

const login = { user: 'millrace', pass: 'p@ss/wörd' };
const from = 'Müllers Mühle <no-reply@mill.test>';
const mail: Mail = { to: 'zoe@example.com', subject: 'Hello', text: 'Hello.', onceKey: 'hello-1' };

describe('shared/ports/mailer', () => {
  let dir: string;
  let outbox: Outbox;
  let mailer: MailerPort;
  let seen: string[];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'mailer-'));
    outbox = await startOutbox({ dir, login });
    seen = [];
    mailer = createMailerPort({ url: outbox.smtpUrl, from, onSend: ({ outcome }) => seen.push(outcome) });
  });
  afterEach(async () => {
    await mailer.close();
    await outbox.stop();
    rmSync(dir, { recursive: true });
  });

  const failureOf = async (work: Promise<unknown>): Promise<MailerFailure> => {
    const error = await work.then(
      () => assert.fail('the mail went out'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof MailerFailure, String(error));
    return error;
  };

  it('delivers names, subject, text, HTML and attachments as they were given', async () => {
    const text = 'Grüße aus Łódź.\nПривет 🎸\n.\nThe line above is a lone dot.';
    const files = [Buffer.from('%PDF-1.7 ünïcode'), Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 256))];
    await mailer.send({
      to: 'Zoë Łuk <zoe@example.com>',
      subject: 'Rechnung für 🎸 — '.repeat(10).trim(),
      text,
      html: '<p>Grüße aus Łódź</p>',
      onceKey: 'invoice-17',
      attachments: [
        { filename: 'Rechnung № 17 – größer.pdf', contentType: 'application/pdf', content: files[0] as Buffer },
        { filename: 'raw.bin', contentType: 'application/octet-stream', content: Readable.from([files[1]]) },
      ],
    });
    const kept = outbox.mails()[0];
    const parsed = await simpleParser(
      Buffer.from(await (await fetch(`${outbox.url}/mails/${kept?.id}/source`)).arrayBuffer()),
    );
    assert.deepEqual(kept?.to, ['zoe@example.com']);
    assert.deepEqual(parsed.from?.value, [{ name: 'Müllers Mühle', address: 'no-reply@mill.test' }]);
    assert.deepEqual([parsed.to].flat()[0]?.value, [{ name: 'Zoë Łuk', address: 'zoe@example.com' }]);
    assert.equal(parsed.subject, 'Rechnung für 🎸 — '.repeat(10).trim());
    assert.equal(parsed.text?.trimEnd(), text);
    assert.equal(parsed.html && parsed.html.trimEnd(), '<p>Grüße aus Łódź</p>');
    assert.deepEqual(
      parsed.attachments.map(({ filename, contentType }) => [filename, contentType]),
      [
        ['Rechnung № 17 – größer.pdf', 'application/pdf'],
        ['raw.bin', 'application/octet-stream'],
      ],
    );
    for (const [index, { content }] of parsed.attachments.entries()) assert.ok(content.equals(files[index] as Buffer));
    assert.equal(parsed.headers.get('auto-submitted'), 'auto-generated');
    assert.deepEqual(seen, ['sent']);
  });

  it('gives every send of one mail the same Message-ID, so that the repeat after a lost answer is known as one', async () => {
    outbox.arm({ fault: 'drop_after' });
    assert.equal((await failureOf(mailer.send(mail))).outcome, 'retry');
    const { messageId, response } = await mailer.send(mail);
    assert.equal(messageId, '<hello-1@mill.test>');
    assert.match(response, /^250 /);
    const other = await mailer.send({ ...mail, onceKey: 'gear:1 at 2026-01-01' });
    const alike = await mailer.send({ ...mail, onceKey: 'gear_1 at 2026-01-01' });
    assert.match(other.messageId, /^<[0-9a-f]{64}@mill\.test>$/);
    assert.notEqual(other.messageId, alike.messageId);
    assert.deepEqual(
      outbox.mails().map(kept => [kept.messageId, kept.deliveries]),
      [
        [alike.messageId, 1],
        [other.messageId, 1],
        [messageId, 2],
      ],
    );
  });

  for (const [fault, outcome, responseCode] of [
    ['refuse_recipient', 'refused', 550],
    ['temporary_failure', 'retry', 451],
    ['drop_during', 'retry', null],
  ] as const) {
    it(`fails with "${outcome}" on ${fault}, sends nothing by itself, and sends the next`, async () => {
      outbox.arm({ fault, match: { to: 'ZOE@example.com' } });
      const failure = await failureOf(mailer.send(mail));
      assert.deepEqual([failure.outcome, failure.responseCode], [outcome, responseCode]);
      assert.deepEqual(outbox.mails(), []);
      await mailer.send({ ...mail, onceKey: 'hello-2' });
      assert.deepEqual(
        outbox.mails().map(({ messageId, deliveries }) => [messageId, deliveries]),
        [['<hello-2@mill.test>', 1]],
      );
      assert.deepEqual(seen, [outcome, 'sent']);
    });
  }

  it('is refused for good with a mail that is larger than the server takes', async () => {
    const attachments = [{ filename: 'a.bin', contentType: 'application/zip', content: Buffer.alloc(20_000_000, 1) }];
    const failure = await failureOf(mailer.send({ ...mail, attachments }));
    assert.deepEqual([failure.outcome, failure.responseCode], ['refused', 552]);
    assert.deepEqual(outbox.mails(), []);
  });

  it('is misconfigured with a wrong login, and with none where one is asked for', async () => {
    await mailer.check();
    for (const [credentials, code] of [
      ['millrace:wrong@', 535],
      ['', 530],
    ] as const) {
      const url = outbox.smtpUrl.replace(/\/\/.*@/, `//${credentials}`);
      const stranger = createMailerPort({ url, from });
      const failure = await failureOf(stranger.send(mail));
      assert.deepEqual([failure.outcome, failure.responseCode], ['misconfigured', code]);
      assert.doesNotMatch(failure.message, /wrong/);
      if (credentials !== '') assert.equal((await failureOf(stranger.check())).outcome, 'misconfigured');
      await stranger.close();
    }
  });

  it('gives its password to no server beyond this machine that offers no TLS', async () => {
    // Another name of this machine that isn't one of its loopback names.
    const url = outbox.smtpUrl.replace('127.0.0.1', '0.0.0.0');
    for (const refused of [url, url.replace('smtp:', 'smtps:')]) {
      const stranger = createMailerPort({ url: refused, from });
      assert.equal((await failureOf(stranger.check())).outcome, 'misconfigured');
      await stranger.close();
    }
  });

  it('is to be tried again without a server, and with one that says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const waiting = createMailerPort({ url: `smtp://127.0.0.1:${port}`, from, timeoutMs: 200 });
    assert.equal((await failureOf(waiting.send(mail))).outcome, 'retry');
    silent.close();
    assert.equal((await failureOf(waiting.check())).outcome, 'retry');
    await waiting.close();
  });

  it('reaches for the server once and no more', async () => {
    let connections = 0;
    const hangingUp = createServer(socket => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>(resolve => hangingUp.listen(0, '127.0.0.1', resolve));
    const { port } = hangingUp.address() as AddressInfo;
    const hurried = createMailerPort({ url: `smtp://127.0.0.1:${port}`, from });
    assert.equal((await failureOf(hurried.send(mail))).outcome, 'retry');
    assert.equal(connections, 1);
    await hurried.close();
    hangingUp.close();
  });

  it('refuses what would write headers of its own, and every recipient that is not one address', async () => {
    const hostile: Partial<Mail>[] = [
      { subject: 'Hi\r\nBcc: victim@example.com' },
      { subject: 'Hi\nX: y' },
      { to: 'zoe@example.com\r\nBcc: victim@example.com' },
      { to: 'Zoë\n <zoe@example.com>' },
      { to: 'zoe@example.com, victim@example.com' },
      { to: 'group: zoe@example.com, victim@example.com;' },
      { to: 'zoe@example.com>\u0000<victim@example.com' },
      { to: 'zoe' },
      { to: '' },
      { attachments: [{ filename: 'a\r\nX: y.pdf', contentType: 'application/pdf', content: Buffer.from('x') }] },
      { attachments: [{ filename: 'a.pdf', contentType: 'application/pdf\r\nX: y', content: Buffer.from('x') }] },
    ];
    for (const part of hostile) {
      const failure = await failureOf(mailer.send({ ...mail, ...part }));
      assert.deepEqual([failure.outcome, failure.responseCode], ['refused', null], JSON.stringify(part));
    }
    assert.deepEqual(seen, []);
    // A key isn't shown to anybody and may be anything: it is only ever hashed.
    const { messageId } = await mailer.send({ ...mail, onceKey: 'a>\r\nBcc: victim@example.com' });
    assert.match(messageId, /^<[0-9a-f]{64}@mill\.test>$/);
    assert.deepEqual(
      outbox.mails().map(({ to }) => to),
      [['zoe@example.com']],
    );
    assert.throws(() => createMailerPort({ url: outbox.smtpUrl, from: 'nobody' }), /MAIL_FROM/);
  });

  it('ends the wait at an abort and keeps sending others', async () => {
    outbox.arm({ fault: 'slow', delayMs: 60_000 });
    const abort = new AbortController();
    const sending = failureOf(mailer.send(mail, { signal: abort.signal }));
    await eventually(() => assert.equal(outbox.mails().length, 1));
    abort.abort();
    assert.equal((await sending).outcome, 'retry');
    assert.equal((await failureOf(mailer.send(mail, { signal: AbortSignal.abort() }))).outcome, 'retry');
    await mailer.send({ ...mail, onceKey: 'hello-2' });
  });

  it('closes after the mail that is being sent', async () => {
    outbox.arm({ fault: 'slow', delayMs: 60_000 });
    const sending = mailer.send(mail);
    await eventually(() => assert.equal(outbox.mails().length, 1));
    let closed = false;
    const closing = mailer.close().then(() => (closed = true));
    await new Promise(setImmediate);
    assert.equal(closed, false);
    outbox.clear();
    assert.match((await sending).response, /^250 /);
    await closing;
    assert.equal((await failureOf(mailer.send(mail))).outcome, 'retry');
  });
});
