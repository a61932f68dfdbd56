import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import twilioSdk from 'twilio';
import { startTwilioSandbox, type TwilioSandbox } from '../../../../ops/sandbox/twilio/server.ts';
import { eventually } from '../../../support/eventually.ts';

interface Taken {
  status: string;
  sid: string;
  /** By the real library's own check. */
  signed: boolean;
}

describe('ops/sandbox/twilio', () => {
  let dir: string;
  let twilio: TwilioSandbox;
  let callback: { url: string; taken: Taken[]; answers: number[]; stop: () => Promise<void> };

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'twilio-'));
    twilio = await startTwilioSandbox({ file: join(dir, 'twilio.log'), settleAfterMs: 5, firstRetryMs: 5 });
    callback = await startCallback();
  });
  afterEach(async () => {
    await Promise.all([twilio.stop(), callback.stop()]);
    rmSync(dir, { recursive: true });
  });

  /** What a status callback is to the sandbox: it takes receipts, after the answers that it is told to give first. */
  const startCallback = async (): Promise<typeof callback> => {
    const taken: Taken[] = [];
    const answers: number[] = [];
    const server = createServer(async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const status = answers.shift() ?? 200;
      const signature = [req.headers['x-twilio-signature']].flat()[0] ?? '';
      const signed = twilioSdk.validateRequest(twilio.authToken, signature, callback.url, form);
      if (status === 200) taken.push({ status: form['MessageStatus'] ?? '', sid: form['MessageSid'] ?? '', signed });
      res.writeHead(status).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const stop = async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x?a=b%20c`, taken, answers, stop };
  };
  const call = async (path: string, form?: Record<string, string>, token = twilio.authToken) => {
    const response = await fetch(`${twilio.url}/2010-04-01/Accounts/${twilio.accountSid}${path}`, {
      method: form ? 'POST' : 'GET',
      headers: { authorization: `Basic ${Buffer.from(`${twilio.accountSid}:${token}`).toString('base64')}` },
      ...(form ? { body: new URLSearchParams(form) } : {}),
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
    return { status: response.status, body: (await response.json()) as any };
  };
  const create = (form: Record<string, string> = {}) =>
    call('/Messages.json', {
      To: '+14155550100',
      From: twilio.smsFrom,
      Body: 'Hello',
      StatusCallback: callback.url,
      ...form,
    });
  const statuses = () => callback.taken.map(({ status }) => status);

  it('makes messages in Twilio’s own shape, and lists and shows them again', async () => {
    const made = await create({ StatusCallback: '' });
    assert.equal(made.status, 400);
    const { status, body } = await create();
    assert.equal(status, 201);
    assert.match(body.sid, /^SM[0-9a-f]{32}$/);
    assert.deepEqual(
      [body.status, body.direction, body.num_segments, body.error_code, body.date_sent],
      ['queued', 'outbound-api', '1', null, null],
    );
    assert.match(body.date_created, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
    assert.equal((await call(`/Messages/${body.sid}.json`)).body.sid, body.sid);
    await create({ To: '+14155550101' });
    await create({ To: '+14155550101', Body: 'Second' });
    const page = (await call('/Messages.json?To=%2B14155550101&PageSize=1')).body;
    assert.deepEqual(
      page.messages.map((one: { body: string }) => one.body),
      ['Second'],
    );
    const next = await fetch(twilio.url + page.next_page_uri, {
      headers: { authorization: `Basic ${Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64')}` },
    });
    assert.equal(((await next.json()) as { next_page_uri: unknown }).next_page_uri, null);
    await eventually(async () => assert.equal((await call(`/Messages/${body.sid}.json`)).body.status, 'delivered'));
    assert.equal((await call('/Messages.json?DateSent%3E=2000-01-01T00:00:00Z')).body.messages.length, 3);
    assert.equal((await call('/Messages.json?DateSent%3E=2100-01-01T00:00:00Z')).body.messages.length, 0);
  });

  it('refuses in Twilio’s own words what Twilio refuses', async () => {
    const refused = await create({ To: '+15005550001' });
    assert.deepEqual(refused, {
      status: 400,
      body: {
        code: 21211,
        message: "The 'To' number +15005550001 is not a valid phone number.",
        more_info: 'https://www.twilio.com/docs/errors/21211',
        status: 400,
      },
    });
    const cases: [Record<string, string>, number][] = [
      [{ To: '+15005550002' }, 21612],
      [{ To: '+15005550003' }, 21408],
      [{ To: '+15005550004' }, 21610],
      [{ To: '+15005550009' }, 21614],
      [{ To: '415' }, 21211],
      [{ To: '' }, 21604],
      [{ From: '' }, 21603],
      [{ Body: '' }, 21602],
      [{ Body: 'x'.repeat(1_601) }, 21617],
      [{ From: '+14155550000' }, 21606],
      [{ To: 'whatsapp:+14155550100' }, 21910],
      [{ To: 'whatsapp:+14155550100', From: 'whatsapp:+14155550000' }, 63007],
    ];
    for (const [form, code] of cases) assert.equal((await create(form)).body.code, code, JSON.stringify(form));
    const stranger = await call('/Messages.json', { To: 'x' }, 'wrong');
    assert.deepEqual([stranger.status, stranger.body.code], [401, 20003]);
    assert.equal((await call('/Messages/SM0.json')).body.code, 20404);
    assert.deepEqual(twilio.messages(), []);
  });

  it('tells the callback what becomes of a message, signed as the library checks it, until it is taken', async () => {
    callback.answers.push(503, 500);
    const { body } = await create();
    await eventually(() => assert.deepEqual(statuses().sort(), ['delivered', 'sent']));
    assert.deepEqual(
      callback.taken.map(({ sid, signed }) => [sid, signed]),
      [
        [body.sid, true],
        [body.sid, true],
      ],
    );
  });

  it('lets messages to some numbers never arrive, WhatsApp’s by themselves', async () => {
    const whatsapp = { From: `whatsapp:${twilio.whatsappFrom}` };
    await create({ To: '+15005550010' });
    await create({ To: 'whatsapp:+15005550011', ...whatsapp });
    await create({ To: '+15005550011' });
    await eventually(() =>
      assert.deepEqual(
        twilio.messages().map(one => [one.status, one.errorCode]),
        [
          ['delivered', null],
          ['undelivered', 63003],
          ['undelivered', 30003],
        ],
      ),
    );
  });

  it('sends receipts twice, late, in another order, wrongly signed or not at all, as it is armed', async () => {
    twilio.arm({ on: 'sent', fault: 'reordered' });
    await create();
    await eventually(() => assert.deepEqual(statuses(), ['delivered', 'sent']));
    twilio.arm({ on: 'sent', fault: 'dropped' });
    twilio.arm({ on: 'delivered', fault: 'duplicate' });
    await create();
    await eventually(() => assert.deepEqual(statuses().slice(2), ['delivered', 'delivered']));
    twilio.arm({ on: 'sent', fault: 'late', delayMs: 60_000 });
    twilio.arm({ on: 'delivered', fault: 'wrong_signature' });
    await create();
    await eventually(() => assert.deepEqual(statuses().slice(4), ['delivered']));
    assert.deepEqual(
      callback.taken.map(({ signed }) => signed),
      [true, true, true, true, false],
    );
  });

  it('goes on after a restart where it stood', async () => {
    await twilio.stop();
    const file = join(dir, 'twilio.log');
    twilio = await startTwilioSandbox({ file, settleAfterMs: 3_600_000 });
    const { body } = await create();
    await twilio.stop();
    twilio = await startTwilioSandbox({ file, settleAfterMs: 5 });
    await eventually(() => assert.deepEqual(statuses().sort(), ['delivered', 'sent']));
    assert.deepEqual(
      twilio.messages().map(({ sid, status }) => [sid, status]),
      [[body.sid, 'delivered']],
    );
  });

  it('takes faults and moves over HTTP, from no browser', async () => {
    const { body } = await create();
    const operate = async (path: string, given: unknown, headers = {}) => {
      const response = await fetch(`${twilio.url}/_sandbox/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(given),
      });
      return response.status;
    };
    assert.equal(await operate('faults', { fault: 'rate_limit' }), 201);
    assert.equal((await create()).status, 429);
    assert.equal(await operate('faults', { fault: 'flood' }), 400);
    assert.equal(await operate('faults', { fault: 'slow' }, { origin: 'http://evil.test' }), 403);
    assert.equal(await operate(`messages/${body.sid}`, { status: 'read' }), 200);
    assert.equal(await operate('messages/SM0', { status: 'read' }), 404);
    const state = await (await fetch(`${twilio.url}/_sandbox/state`)).json();
    assert.equal((state as { messages: { status: string }[] }).messages[0]?.status, 'read');
  });
});
