import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { signReceipt } from '../../../ops/sandbox/twilio/receipts.ts';
import { openSpine } from '../../../db/spine.ts';
import { startEdge } from '../../../edge/server.ts';
import { eventually } from '../../support/eventually.ts';
import { type InvoiceScene, openInvoices, phone } from './invoice-scene.ts';

describe('receipts of texts', function () {
  this.timeout(120_000);
  let scene: InvoiceScene;
  before(async () => {
    scene = await openInvoices();
  });
  after(() => scene?.field.stop());
  beforeEach(() => scene.renew());
  afterEach(() => scene.field.outside.twilio.clear());

  const client = { name: 'John', phone };
  const sendText = async (message = 'Hello') => {
    const { entryId } = await scene.addInvoice(client);
    const [id] = (await scene.sent(entryId, { channels: ['sms'], message })) as [string];
    return id;
  };
  const sentText = async () => {
    const id = await sendText();
    const [row] = await scene.reach([id], ['sent']);
    return { id, sid: row!.providerMessageId as string };
  };
  /** A receipt as Twilio sends it, by default rightly signed. */
  const tell = async (
    { id, sid, ...fields }: { id: string; sid: string; MessageStatus: string; ErrorCode?: string },
    signedWith = scene.field.outside.twilio.authToken,
  ) => {
    const url = `${scene.field.url}/v1/webhooks/twilio?notificationId=${id}`;
    const body = new URLSearchParams({ MessageSid: sid, ...fields }).toString();
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signReceipt(url, body, signedWith),
    };
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, body: (await response.json()) as { error?: { code: string } } };
  };
  const statusOf = async (id: string) => {
    const [row] = await scene.notified([id]);
    return [row!.status, row!.error];
  };

  it('move a message forward only, in whatever order and however often they come', async () => {
    const orders: [string[], string][] = [
      [['queued', 'sent', 'delivered'], 'delivered'],
      [['delivered', 'sent', 'queued'], 'delivered'],
      [['sent', 'undelivered', 'undelivered', 'sent'], 'failed'],
      [['delivered', 'undelivered'], 'delivered'],
      [['failed', 'delivered'], 'failed'],
      [['sent', 'read'], 'delivered'],
    ];
    for (const [order, end] of orders) {
      await scene.renew();
      const { id, sid } = await sentText();
      for (const MessageStatus of order)
        assert.deepEqual(await tell({ id, sid, MessageStatus, ErrorCode: '30003' }), {
          status: 200,
          body: { ok: true },
        });
      const error = end === 'failed' ? 'The phone is off or out of reach. (30003)' : null;
      assert.deepEqual(await statusOf(id), [end, error], order.join());
    }
  });

  it('are not believed without the provider’s signature, over this very address and these very fields', async () => {
    const { id, sid } = await sentText();
    const forged = await tell({ id, sid, MessageStatus: 'delivered' }, 'another token');
    assert.deepEqual([forged.status, forged.body.error?.code], [403, 'BAD_SIGNATURE']);
    const url = `${scene.field.url}/v1/webhooks/twilio?notificationId=`;
    const body = `MessageSid=${sid}&MessageStatus=delivered`;
    const signature = signReceipt(url + randomUUID(), body, scene.field.outside.twilio.authToken);
    for (const headers of [{ 'x-twilio-signature': signature }, {}]) {
      const response = await fetch(url + id, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
      });
      assert.equal(response.status, 403);
    }
    assert.deepEqual(await statusOf(id), ['sent', null]);
  });

  it('of messages that nobody knows, or that are none, are taken and change nothing', async () => {
    const { id, sid } = await sentText();
    const stranger = `SM${'0'.repeat(32)}`;
    for (const receipt of [
      { id: randomUUID(), sid: stranger, MessageStatus: 'delivered' },
      { id: 'x', sid: stranger, MessageStatus: 'delivered' },
      { id, sid: stranger, MessageStatus: 'delivered' },
      { id, sid: 'nothing', MessageStatus: 'delivered' },
    ])
      assert.equal((await tell(receipt)).status, 200);
    assert.deepEqual(
      (await scene.notified([id])).map(row => [row.status, row.providerMessageId]),
      [['sent', sid]],
    );
  });

  it('tell of a message whose answer was lost, which then is not sent again', async () => {
    const { twilio } = scene.field.outside;
    twilio.arm({ on: 'messages.create', fault: 'drop_after' });
    const id = await sendText('Lost and found');
    const made = () => twilio.messages().filter(one => one.body === 'Lost and found');
    await eventually(() => assert.equal(made().length, 1));
    const { sid } = made()[0]!;
    twilio.move(sid, 'sent');
    await scene.reach([id], ['sent']);
    twilio.move(sid, 'delivered');
    const [row] = await scene.reach([id], ['delivered']);
    assert.equal(row!.providerMessageId, sid);
    await scene.hurry('notification');
    await eventually(async () => {
      const jobs = await scene.field.db.any(
        "select state, result ->> 'why' as why from core.jobs where payload ->> 'notificationId' = $1",
        [id],
      );
      assert.deepEqual(jobs, [{ state: 'succeeded', why: 'settled' }]);
    });
    assert.equal(made().length, 1);
  });

  it('come before our own record of the send, and stand', async () => {
    const { twilio } = scene.field.outside;
    twilio.arm({ on: 'messages.create', fault: 'slow', delayMs: 600_000 });
    const id = await sendText('Overtaken');
    await eventually(() => assert.equal(twilio.state().requests.at(-1)?.faults.at(-1), 'slow'));
    // Twilio has it, says so, and only then answers us.
    const sid = `SM${randomUUID().replaceAll('-', '')}`;
    assert.equal((await tell({ id, sid, MessageStatus: 'delivered' })).status, 200);
    await scene.reach([id], ['delivered']);
    twilio.clear();
    await eventually(async () => {
      const [job] = await scene.field.db.any(
        "select state, attempt from core.jobs where payload ->> 'notificationId' = $1",
        [id],
      );
      assert.notEqual(job.state, 'running');
    });
    assert.deepEqual(
      (await scene.notified([id])).map(row => [row.status, row.providerMessageId]),
      [['delivered', sid]],
    );
  });

  it('reach us through the provider’s own repeats, doubles and detours', async () => {
    const { twilio } = scene.field.outside;
    twilio.arm({ on: 'sent', fault: 'reordered' });
    twilio.arm({ on: 'delivered', fault: 'duplicate' });
    const { id, sid } = await sentText();
    for (const status of ['sent', 'delivered'] as const) twilio.move(sid, status);
    await scene.reach([id], ['delivered']);
    await eventually(() =>
      assert.deepEqual(
        twilio
          .state()
          .receipts.filter(one => one.messageSid === sid)
          .map(one => [one.status, one.state, one.lastStatus]),
        [
          ['sent', 'taken', 200],
          ['delivered', 'taken', 200],
        ],
      ),
    );
    assert.deepEqual(await statusOf(id), ['delivered', null]);
  });

  it('have no address where no provider is configured, and its channels fail at once', async () => {
    const spine = await openSpine({ config: scene.field.spine.config, name: 'without-texter' });
    const ports = { ...scene.field.outside.ports, texter: null };
    const edge = await startEdge(spine, ports);
    try {
      const response = await fetch(`${edge.url}/v1/webhooks/twilio`, { method: 'POST', body: 'MessageSid=1' });
      assert.equal(response.status, 404);
      const { entryId } = await scene.addInvoice();
      const { token, tenantId } = scene.tenant.manager;
      const sent = await fetch(`${edge.url}/v1/invoices/${entryId}/send`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'x-tenant-id': tenantId, 'content-type': 'application/json' },
        body: JSON.stringify({ channels: ['sms', 'whatsapp'], message: 'x' }),
      });
      const { notificationIds } = (await sent.json()) as { notificationIds: string[] };
      assert.deepEqual(
        (await scene.reach(notificationIds, ['failed', 'failed'])).map(row => row.error),
        ['SMS is not set up here.', 'WhatsApp is not set up here.'],
      );
    } finally {
      await edge.stop(500);
      await spine.close();
    }
  });
});

describe('the limit of sends', function () {
  this.timeout(120_000);

  it('lets ten a minute through, of thirty that come at once over two edges', async () => {
    const scene = await openInvoices();
    const spine = await openSpine({ config: scene.field.spine.config, name: 'second' });
    const second = await startEdge(spine, scene.field.outside.ports);
    try {
      const { entryId } = await scene.addInvoice();
      const { token, tenantId } = scene.tenant.manager;
      const send = async (url: string) => {
        const response = await fetch(`${url}/v1/invoices/${entryId}/send`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'x-tenant-id': tenantId, 'content-type': 'application/json' },
          body: JSON.stringify({ channels: ['email'], message: 'x' }),
        });
        return {
          status: response.status,
          headers: response.headers,
          body: (await response.json()) as { error?: { code: string } },
        };
      };
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) => send(index % 2 === 0 ? scene.field.url : second.url)),
      );
      const refused = answers.filter(answer => answer.status === 429);
      assert.equal(answers.filter(answer => answer.status === 200).length, 10);
      assert.equal(refused.length, 20);
      assert.deepEqual(new Set(refused.map(answer => answer.body.error?.code)), new Set(['RATE_LIMITED']));
      const waitS = Number(refused[0]!.headers.get('retry-after'));
      assert.ok(waitS > 0 && waitS <= 60, `${waitS}`);
      const other = await scene.field.addTenant();
      assert.equal((await scene.field.as(other.manager, 'GET', '/v1/notifications?ids=' + tenantId)).status, 200);
      await scene.field.db.none("update fieldservice.invoice_sends set created_at = created_at - interval '1 minute'");
      assert.equal((await send(second.url)).status, 200);
    } finally {
      await second.stop(500);
      await spine.close();
      await scene.field.stop();
    }
  });
});
