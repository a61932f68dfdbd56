import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outbox, startOutbox } from '../../../../ops/sandbox/outbox/server.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../../../ops/sandbox/twilio/server.ts';
import { createTexterPort, type TexterPort } from '../../../../shared/ports/texter.ts';

describe('the texts in ops/sandbox/outbox', () => {
  let dir: string;
  let twilio: TwilioSandbox;
  let outbox: Outbox;
  let texter: TexterPort;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'outbox-'));
    twilio = await startTwilioSandbox({ settleAfterMs: 3_600_000 });
    outbox = await startOutbox({ dir, texts: twilio.messages });
    const { accountSid, authToken, url: apiBase, smsFrom, whatsappFrom } = twilio;
    const receiptUrl = () => 'http://127.0.0.1:1/receipts';
    texter = createTexterPort({ accountSid, authToken, apiBase, smsFrom, whatsappFrom, receiptUrl });
  });
  afterEach(async () => {
    await Promise.all([outbox.stop(), twilio.stop()]);
    rmSync(dir, { recursive: true });
  });

  const read = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(outbox.url + path);
    return { status: response.status, text: await response.text() };
  };
  const numbersIn = (page: string): string[] => [...page.matchAll(/class="to">(.*?)</g)].map(([, text]) => text ?? '');
  const send = (channel: 'sms' | 'whatsapp', to: string, body: string) =>
    texter.send({ channel, to, body, reference: 'x' });

  it('are listed newest first, as a page and as JSON, and found by what they say and whom they are for', async () => {
    assert.match((await read('/texts')).text, /No SMS and no WhatsApp message yet/);
    await send('sms', '+14155550100', 'Invoice for Dec');
    await send('whatsapp', '+14155550101', 'INVOICE for Jan');
    await send('sms', '+14155550102', 'Hello');
    assert.deepEqual(numbersIn((await read('/texts')).text), ['+14155550102', '+14155550101', '+14155550100']);
    assert.deepEqual(numbersIn((await read('/texts?q=invoice')).text), ['+14155550101', '+14155550100']);
    assert.deepEqual(numbersIn((await read('/texts?q=0102')).text), ['+14155550102']);
    assert.match((await read('/texts?q=nothing')).text, /Nothing matches/);
    assert.deepEqual(JSON.parse((await read('/texts.json')).text), { texts: twilio.messages() });
  });

  it('open one by one: what was said, its links, and what became of it', async () => {
    const { id } = await send('whatsapp', '+14155550101', 'See <b>this</b>: https://edge.test/files/a?b=c&d. Thanks');
    twilio.move(id, 'sent');
    twilio.move(id, 'undelivered', 63003);
    const page = await read(`/texts/${id}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /<h1>WhatsApp to \+14155550101/);
    assert.match(
      page.text,
      /See &lt;b&gt;this&lt;\/b&gt;: <a href="https:\/\/edge\.test\/files\/a\?b=c&amp;d" [^>]*rel="noreferrer noopener">https:[^<]*<\/a>\. Thanks/,
    );
    assert.deepEqual(
      [...page.text.matchAll(/class="step">(\w+)</g)].map(([, status]) => status),
      ['queued', 'sent', 'undelivered'],
    );
    assert.match(page.text, /error 63003/);
    assert.equal((await read('/texts/SM0')).status, 404);
  });
});
