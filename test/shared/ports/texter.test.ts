import assert from 'node:assert/strict';
import { signReceipt } from '../../../ops/sandbox/twilio/receipts.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../../ops/sandbox/twilio/server.ts';
import {
  createTexterPort,
  TexterFailure,
  type TexterPort,
  type TexterPortOptions,
} from '../../../shared/ports/texter.ts';
import { startCannedProvider } from '../../support/canned-provider.ts';

const text = { channel: 'sms', to: '+14155550100', body: 'Hello', reference: 'n1' } as const;
const sid = `SM${'a'.repeat(32)}`;

describe('shared/ports/texter', () => {
  let twilio: TwilioSandbox;
  let seen: { operation: string; status: number | null }[];
  before(async () => {
    twilio = await startTwilioSandbox({ settleAfterMs: 3_600_000 });
  });
  after(() => twilio.stop());
  beforeEach(() => {
    twilio.clear();
    seen = [];
  });

  const open = (options: Partial<TexterPortOptions> = {}): TexterPort =>
    createTexterPort({
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      apiBase: twilio.url,
      smsFrom: twilio.smsFrom,
      whatsappFrom: twilio.whatsappFrom,
      receiptUrl: () => 'http://edge.test/v1/webhooks/twilio',
      timeoutMs: 500,
      onRequest: ({ operation, status }) => seen.push({ operation, status }),
      ...options,
    });
  const failure = async (doing: Promise<unknown>): Promise<[string, string]> => {
    const error = await doing.then(
      () => assert.fail('it went well'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof TexterFailure, String(error));
    return [error.outcome, error.code];
  };

  it('sends SMS and WhatsApp from the number of each, and asks for receipts that name whose they are', async () => {
    const texter = open();
    const sms = await texter.send(text);
    const chat = await texter.send({ ...text, channel: 'whatsapp', body: 'Héllo 👋', reference: 'a b&c' });
    const [second, first] = twilio.messages();
    assert.deepEqual([first!.sid, second!.sid], [sms.id, chat.id]);
    assert.deepEqual([first!.from, first!.to], ['+15005550006', '+14155550100']);
    assert.deepEqual(
      [second!.from, second!.to, second!.body],
      ['whatsapp:+14155238886', 'whatsapp:+14155550100', 'Héllo 👋'],
    );
    assert.equal(second!.statusCallback, 'http://edge.test/v1/webhooks/twilio?notificationId=a%20b%26c');
    assert.deepEqual(seen, [
      { operation: 'messages.create', status: 201 },
      { operation: 'messages.create', status: 201 },
    ]);
  });

  it('tells a number that is refused from a moment that is bad, and both from an account that isn’t let in', async () => {
    const texter = open();
    assert.deepEqual(await failure(texter.send({ ...text, to: '+15005550001' })), ['refused', '21211']);
    assert.deepEqual(await failure(texter.send({ ...text, to: '+15005550004' })), ['refused', '21610']);
    const cases: [Parameters<TwilioSandbox['arm']>[0], [string, string]][] = [
      [{ fault: 'rate_limit' }, ['retry', '20429']],
      [{ fault: 'server_error' }, ['unknown', '20500']],
      [{ fault: 'drop_before' }, ['unknown', 'no_answer']],
      [{ fault: 'timeout_after' }, ['unknown', 'no_answer']],
      [{ fault: 'refuse', code: 63007 }, ['misconfigured', '63007']],
    ];
    for (const [fault, expected] of cases) {
      twilio.arm(fault);
      assert.deepEqual(await failure(texter.send(text)), expected, fault.fault);
    }
    assert.deepEqual(await failure(open({ authToken: 'wrong' }).send(text)), ['misconfigured', '20003']);
    assert.deepEqual(await failure(open({ smsFrom: null }).send(text)), ['misconfigured', 'no_sender']);
    twilio.arm({ fault: 'server_error' });
    const find = { channel: text.channel, to: text.to, body: text.body, since: new Date() };
    assert.deepEqual(await failure(texter.find(find)), ['retry', '20500'], 'a look leaves nothing unknown');
  });

  it('takes no other answer for a message, be it a page, another shape or a redirect', async () => {
    const answers: [number, string, string, [string, string]][] = [
      [200, 'text/html', '<p>Hello</p>', ['unknown', 'invalid_answer']],
      [201, 'application/json', '{"sid":"x"}', ['unknown', 'invalid_answer']],
      [302, 'text/html', '', ['unknown', 'http_302']],
      [502, 'text/html', '<p>Bad gateway</p>', ['unknown', 'http_502']],
      [403, 'application/json', '{}', ['misconfigured', 'http_403']],
      [400, 'application/json', '{}', ['refused', 'http_400']],
    ];
    for (const [status, contentType, body, expected] of answers) {
      const provider = await startCannedProvider(res => {
        res.writeHead(status, { 'content-type': contentType, location: 'http://127.0.0.1:1/' }).end(body);
      });
      assert.deepEqual(await failure(open({ apiBase: provider.url }).send(text)), expected, `${status} ${body}`);
      await provider.stop();
    }
  });

  it('stops waiting when it is told to', async () => {
    twilio.arm({ fault: 'timeout_after' });
    const controller = new AbortController();
    const sending = open({ timeoutMs: 60_000 }).send(text, { signal: controller.signal });
    setImmediate(() => controller.abort());
    assert.deepEqual(await failure(sending), ['unknown', 'aborted']);
  });

  it('finds what was made since then: that text to that number over that channel, the oldest first', async () => {
    const texter = open();
    const body = 'Find me';
    const made = [await texter.send({ ...text, body }), await texter.send({ ...text, body })];
    await texter.send({ ...text, body, channel: 'whatsapp' });
    await texter.send({ ...text, body, to: '+14155550199' });
    await texter.send({ ...text, body: 'Find me not' });
    const about = { channel: 'sms', to: text.to, body } as const;
    const ids = made.map(one => one.id);
    assert.deepEqual(await texter.find({ ...about, since: new Date() }), ids);
    assert.deepEqual(await texter.find({ ...about, since: new Date(Date.now() + 120_000) }), []);
  });

  it('looks through more than one page', async () => {
    const texter = open();
    const first = await texter.send({ ...text, to: '+14155550188', body: 'First' });
    for (let n = 0; n < 60; n += 1) await texter.send({ ...text, to: '+14155550188', body: `Message ${n}` });
    const about = { channel: 'sms', to: '+14155550188', body: 'First' } as const;
    assert.deepEqual(await texter.find({ ...about, since: new Date() }), [first.id]);
  });

  it('reads receipts that the provider signed, and no others', async () => {
    const texter = open();
    const form = { MessageSid: sid, MessageStatus: 'undelivered', ErrorCode: '63003', To: 'whatsapp:+1', B: 'ü' };
    const url = 'http://edge.test/v1/webhooks/twilio?notificationId=n1';
    const signature = signReceipt(url, new URLSearchParams(form).toString(), twilio.authToken);
    const request = { reference: 'n1', signature, form };
    const read = await texter.readReceipt(request);
    assert.deepEqual(read, { id: sid, status: 'failed', error: 'The number has no WhatsApp. (63003)' });
    assert.equal(await texter.readReceipt({ ...request, reference: 'n2' }), 'forged');
    assert.equal(await texter.readReceipt({ ...request, reference: null }), 'forged');
    assert.equal(await texter.readReceipt({ ...request, form: { ...form, MessageStatus: 'delivered' } }), 'forged');
    assert.equal(await texter.readReceipt({ ...request, signature: undefined }), 'forged');
    const none = { Body: 'an incoming message' };
    const signed = signReceipt(url, new URLSearchParams(none).toString(), twilio.authToken);
    assert.equal(await texter.readReceipt({ reference: 'n1', signature: signed, form: none }), null);
  });
});
