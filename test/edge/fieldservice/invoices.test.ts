import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { canReadPdf, readPages } from '../../workers/invoice/read-pdf.ts';
import { eventually } from '../../support/eventually.ts';
import { fullClient, type InvoiceScene, openInvoices, phone, whatsappPhone } from './invoice-scene.ts';

describe('sending invoices', function () {
  this.timeout(120_000);
  let scene: InvoiceScene;
  before(async () => {
    scene = await openInvoices();
  });
  after(() => scene?.field.stop());
  beforeEach(() => scene.renew());
  afterEach(() => {
    scene.field.outside.twilio.clear();
    scene.field.outside.outbox.clear();
  });

  const { stringify } = JSON;
  const texts = () => scene.field.outside.twilio.messages();
  const textTo = (sid: string | null) => {
    const found = texts().find(one => one.sid === sid);
    assert.ok(found, `no text ${sid}`);
    return found;
  };
  const mailOf = (messageId: string | null) =>
    eventually(() => {
      const found = scene.field.outside.outbox.mails().find(mail => mail.messageId === messageId);
      assert.ok(found, `no mail ${messageId}`);
      return found;
    });
  const pdfOf = async (entryId: string, headers: Record<string, string> = {}) => {
    const { manager } = scene.tenant;
    const response = await fetch(`${scene.field.url}/v1/invoices/${entryId}/pdf`, {
      headers: { authorization: `Bearer ${manager.token}`, 'x-tenant-id': manager.tenantId, ...headers },
    });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const invoicesOf = (entryId: string) =>
    scene.field.db.any<{ label: string; document: { notes: string[] } }>(
      'select label, document from core.invoices where subject like $1 order by number',
      [`${scene.tenant.id}:${entryId}:%`],
    );

  it('sends what the published document shows, over all three channels, and tells what becomes of it', async () => {
    const { entryId } = await scene.addInvoice();
    const answer = await scene.send(entryId, {
      channels: ['whatsapp', 'sms', 'email'],
      message: 'Invoice for Dec. Please see PDF.',
      includePdf: true,
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.body), ['status', 'notificationIds']);
    const ids: string[] = answer.body.notificationIds;
    const [whatsapp, sms, email] = await scene.reach(ids, ['sent', 'sent', 'sent']);
    assert.deepEqual(Object.keys(whatsapp!), ['id', 'channel', 'status', 'providerMessageId', 'error', 'updatedAt']);
    assert.deepEqual(
      [whatsapp, sms, email].map(row => row!.channel),
      ['whatsapp', 'sms', 'email'],
    );

    const [chat, text] = [textTo(whatsapp!.providerMessageId), textTo(sms!.providerMessageId)];
    assert.deepEqual([chat.to, text.to], [`whatsapp:${whatsappPhone}`, phone]);
    const [words, link] = text.body.split('\n\n');
    assert.equal(words, 'Invoice for Dec. Please see PDF.');
    const linked = await fetch(link!);
    const attached = await mailOf(email!.providerMessageId);
    const { label } = (await invoicesOf(entryId))[0]!;
    assert.equal(linked.headers.get('content-type'), 'application/pdf');
    assert.deepEqual(attached.to, ['john@doe.example']);
    assert.equal(attached.subject, `Invoice ${label} from AG Home Organizer: Invoice - Dec`);
    assert.equal(attached.text.trim(), 'Invoice for Dec. Please see PDF.');
    assert.deepEqual(
      attached.attachments.map(({ filename, contentType }) => [filename, contentType]),
      [[`${label}.pdf`, 'application/pdf']],
    );
    const pdf = Buffer.from(await linked.arrayBuffer());
    assert.equal(attached.attachments[0]!.sizeBytes, pdf.length);
    assert.deepEqual((await pdfOf(entryId)).bytes, pdf);
    if (canReadPdf) assert.match(readPages(pdf).join(), /John Doe[^]*Invoice - Dec[^]*320\.00/);

    for (const { sid } of [chat, text]) scene.field.outside.twilio.move(sid, 'delivered');
    await scene.reach(ids, ['delivered', 'delivered', 'sent']);
    const one = await scene.field.as(scene.tenant.manager, 'GET', `/v1/notifications/${ids[0]}`);
    assert.deepEqual([one.status, one.body.status, one.body.error], [200, 'delivered', null]);
  });

  it('draws no PDF and gives no number where none is asked for', async () => {
    const { entryId } = await scene.addInvoice(fullClient, { currency: 'R$' });
    const ids = await scene.sent(entryId, { channels: ['email'], message: 'No number yet.' });
    const [row] = await scene.reach(ids, ['sent']);
    const mail = await mailOf(row!.providerMessageId);
    assert.deepEqual([mail.subject, mail.attachments], ['Invoice from AG Home Organizer: Invoice - Dec', []]);
    assert.deepEqual(await invoicesOf(entryId), []);
  });

  it('fails a channel that the client cannot be reached over, at once and by itself', async () => {
    const cases: [Record<string, unknown> | null, string[], (string | null)[]][] = [
      [
        { name: 'A', email: 'a@example.com' },
        ['sms', 'email', 'whatsapp'],
        ['The client has no phone number.', null, 'The client has no phone number.'],
      ],
      [{ name: 'B', phone: 'ask her sister', email: 'b' }, ['sms'], ['The client’s phone number is not one.']],
      [{ name: 'C', phone, email: 'c at home' }, ['email', 'sms'], ['The client’s e-mail address is not one.', null]],
      [null, ['email'], ['The invoice names no client.']],
    ];
    for (const [client, channels, errors] of cases) {
      const { entryId } = await scene.addInvoice(client);
      const ids = await scene.sent(entryId, { channels, message: 'Hello' });
      const rows = await scene.reach(
        ids,
        errors.map(error => (error === null ? 'sent' : 'failed')),
      );
      assert.deepEqual(
        rows.map(row => row.error),
        errors,
      );
    }
  });

  it('takes the other number where there is one only, and a number without its country for one of ours', async () => {
    const { entryId } = await scene.addInvoice({ name: 'D', phone: '(415) 555-0177' });
    const other = await scene.addInvoice({ name: 'E', whatsappPhone: '+55 11 91234-5678' });
    const ids = await scene.sent(entryId, { channels: ['whatsapp', 'sms'], message: 'Hello' });
    const ids2 = await scene.sent(other.entryId, { channels: ['sms'], message: 'Hello' });
    const rows = await scene.reach([...ids, ...ids2], ['sent', 'sent', 'sent']);
    assert.deepEqual(
      rows.map(row => textTo(row.providerMessageId).to),
      ['whatsapp:+14155550177', '+14155550177', '+5511912345678'],
    );
  });

  it('tries a refused number once, and says why', async () => {
    const { entryId } = await scene.addInvoice({ name: 'F', phone: '+15005550009' });
    const ids = await scene.sent(entryId, { channels: ['sms'], message: 'Hello' });
    const [row] = await scene.reach(ids, ['failed']);
    assert.equal(row!.error, "SMS was refused: 'To' number: +15005550009, is not a valid mobile number (21614)");
    const [job] = await scene.field.db.any(
      "select state, attempt from core.jobs where payload ->> 'notificationId' = $1",
      ids,
    );
    assert.deepEqual([job.state, job.attempt], ['failed', 1]);
  });

  it('sends a text once when the answer is lost, though another with the same words goes out between', async () => {
    const { entryId } = await scene.addInvoice({ name: 'G', phone: '+14155550123' });
    const { twilio } = scene.field.outside;
    twilio.arm({ on: 'messages.create', fault: 'drop_after' });
    const lost = await scene.sent(entryId, { channels: ['sms'], message: 'Once only' });
    await eventually(() => assert.equal(texts().filter(one => one.body === 'Once only').length, 1));
    const [first] = texts();
    const twin = await scene.sent(entryId, { channels: ['sms'], message: 'Once only' });
    await scene.reach(twin, ['sent']);
    await scene.hurry('notification');
    const [row] = await scene.reach(lost, ['sent']);
    assert.equal(row!.providerMessageId, first!.sid);
    assert.equal(texts().filter(one => one.body === 'Once only').length, 2);
  });

  it('sends a text again that never came to be', async () => {
    const { entryId } = await scene.addInvoice({ name: 'H', phone: '+14155550124' });
    scene.field.outside.twilio.arm({ on: 'messages.create', fault: 'drop_before' });
    const ids = await scene.sent(entryId, { channels: ['sms'], message: 'Twice tried' });
    await scene.hurry('notification');
    await scene.reach(ids, ['sent']);
    assert.equal(texts().filter(one => one.body === 'Twice tried').length, 1);
  });

  it('fails at once, with an alert, where the provider does not let our account in', async () => {
    const { entryId } = await scene.addInvoice({ name: 'I', phone: '+14155550125' });
    scene.field.outside.twilio.arm({ on: 'messages.create', fault: 'refuse', code: 21606 });
    const ids = await scene.sent(entryId, { channels: ['sms'], message: 'Hello' });
    const [row] = await scene.reach(ids, ['failed']);
    assert.match(row!.error!, /the provider does not accept our account/);
    const alerts = await scene.field.db.any("select subject from core.alerts where kind = 'texter_misconfigured'");
    assert.deepEqual(alerts, [{ subject: 'texter' }]);
  });

  it('gives an entry that was edited a number of its own, which says what it replaces', async () => {
    const { entryId, clientId } = await scene.addInvoice();
    const body = { channels: ['email'], message: 'See PDF', includePdf: true };
    for (const amount of [320, 320, 350.5, 320]) {
      await scene.push('finance_entry', entryId, { amount });
      await scene.reach(await scene.sent(entryId, body), ['sent']);
    }
    const issued = await invoicesOf(entryId);
    assert.deepEqual(
      issued.map(({ document }) => document.notes),
      [[], [`Replaces ${issued[0]!.label}.`], [`Replaces ${issued[1]!.label}.`]],
    );
    await scene.push('client', clientId, { accessNotes: 'Ring twice' });
    await scene.reach(await scene.sent(entryId, body), ['sent']);
    assert.equal((await invoicesOf(entryId)).length, 3, 'what no invoice prints makes no new one');
  });

  it('says why an entry cannot be invoiced, and counts no send', async () => {
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ currency: 'R$' }, /no currency/],
      [{ amount: 1.005 }, /more decimals/],
      [{ amount: 10.5, currency: 'JPY' }, /more decimals/],
      [{ amount: 0 }, /zero/],
    ];
    const before = await scene.field.db.one('select count(*)::integer as n from fieldservice.invoice_sends');
    for (const [entry, words] of cases) {
      const { entryId } = await scene.addInvoice(fullClient, entry);
      const answer = await scene.send(entryId, { channels: ['email'], message: 'x', includePdf: true });
      assert.deepEqual([answer.status, answer.body.error.code], [422, 'NOT_INVOICEABLE'], answer.text);
      assert.match(answer.body.error.message, words);
    }
    assert.deepEqual(await scene.field.db.one('select count(*)::integer as n from fieldservice.invoice_sends'), before);
  });

  it('lets messages with a PDF go when it is drawn, and fails them when it can’t be', async () => {
    const drawn = await scene.addInvoice();
    // Frozen facts that the renderer refuses stand for whatever may go wrong there.
    const spoil = (entryId: string, part: string) =>
      scene.field.db.none(
        "update core.invoices set document = case when $2 = '' then document || '{\"currency\": \"USD\"}' else document || jsonb_build_object('currency', $2) end where subject like $1",
        [`${scene.tenant.id}:${entryId}:%`, part],
      );
    const body = { channels: ['sms', 'email'], message: 'See PDF', includePdf: true };
    await pdfOf(drawn.entryId);
    await scene.field.db.none(
      'update core.invoices set file_key = null, sha256 = null, size_bytes = null, rendered_at = null where subject like $1',
      [`${scene.tenant.id}:${drawn.entryId}:%`],
    );
    await spoil(drawn.entryId, 'dollars');
    const failed = await scene.sent(drawn.entryId, body);
    await eventually(async () => {
      await scene.field.db.none(
        "update core.jobs set due_at = now() where kind = 'invoice-pdf' and state = 'pending' and attempt > 0",
      );
      assert.deepEqual(
        (await scene.notified(failed)).map(row => [row.status, /PDF could not be made/.test(row.error ?? '')]),
        [
          ['failed', true],
          ['failed', true],
        ],
      );
    });
    await spoil(drawn.entryId, '');
    await scene.reach(await scene.sent(drawn.entryId, body), ['sent', 'sent']);
  });

  it('invoices an entry once that is sent and looked at many times at once, and leaves no message behind', async () => {
    const { entryId } = await scene.addInvoice();
    const body = { channels: ['email', 'sms'], message: 'See PDF', includePdf: true };
    const looks = Array.from({ length: 5 }, () => pdfOf(entryId));
    const sends = Array.from({ length: 10 }, () => scene.sent(entryId, body));
    const ids = (await Promise.all(sends)).flat();
    assert.deepEqual(
      (await Promise.all(looks)).map(look => look.status),
      [200, 200, 200, 200, 200],
    );
    await scene.reach(
      ids,
      ids.map(() => 'sent'),
    );
    assert.equal((await invoicesOf(entryId)).length, 1);
  });

  it('draws a PDF again that the store has lost', async () => {
    const { entryId } = await scene.addInvoice();
    const first = await pdfOf(entryId);
    assert.equal(first.status, 200);
    assert.match(first.headers.get('content-disposition')!, /^inline; filename="INV-\d{4}-\d{6}\.pdf"$/);
    await rm(join(scene.field.outside.dir, 'files', 'invoices'), { recursive: true });
    const ids = await scene.sent(entryId, { channels: ['email', 'sms'], message: 'See PDF', includePdf: true });
    await eventually(async () => {
      await scene.field.db.none(
        "update core.jobs set due_at = now() where kind = 'notification' and state = 'pending' and attempt > 0",
      );
      assert.deepEqual(
        (await scene.notified(ids)).map(row => row.status),
        ['sent', 'sent'],
      );
    });
    assert.deepEqual((await pdfOf(entryId)).bytes, first.bytes);
  });

  it('says how much room is left where the link makes a text too long', async () => {
    const { entryId } = await scene.addInvoice();
    const ids = await scene.sent(entryId, { channels: ['sms', 'email'], message: 'x'.repeat(1_600), includePdf: true });
    const [sms] = await scene.reach(ids, ['failed', 'sent']);
    assert.match(sms!.error!, /too long for SMS: \d{3,4} characters are left/);
  });

  it('answers 404 for an entry that is of another kind, deleted, unknown, or another tenant’s, and to employees', async () => {
    const { manager, id: tenantId } = scene.tenant;
    const employee = await scene.field.addMember(tenantId);
    const other = await scene.field.addTenant();
    const { entryId } = await scene.addInvoice();
    const general = await scene.addInvoice(fullClient, { kind: 'general' });
    const deleted = await scene.addInvoice();
    await scene.push('finance_entry', deleted.entryId, {}, 'delete');
    const body = { channels: ['email'], message: 'x' };
    for (const id of [general.entryId, general.clientId, deleted.entryId, randomUUID()]) {
      assert.equal((await scene.send(id, body)).status, 404);
      assert.equal((await pdfOf(id)).status, 404);
    }
    const as: typeof scene.field.as = (...call) => scene.field.as(...call);
    assert.equal((await as(other.manager, 'POST', `/v1/invoices/${entryId}/send`, body)).status, 404);
    assert.equal((await as(other.manager, 'GET', `/v1/invoices/${entryId}/pdf`)).status, 404);
    assert.equal((await as(employee, 'POST', `/v1/invoices/${entryId}/send`, body)).status, 403);
    assert.equal((await as(employee, 'GET', `/v1/invoices/${entryId}/pdf`)).status, 404);

    const [id] = (await scene.sent(entryId, body)) as [string];
    const ids = `${id},${randomUUID()}`;
    assert.deepEqual((await as(other.manager, 'GET', `/v1/notifications?ids=${ids}`)).body, { notifications: [] });
    assert.deepEqual((await as(employee, 'GET', `/v1/notifications?ids=${ids}`)).body, { notifications: [] });
    assert.equal((await as(other.manager, 'GET', `/v1/notifications/${id}`)).status, 404);
    assert.equal((await as(employee, 'GET', `/v1/notifications/${id}`)).status, 404);
    const own = (await as(manager, 'GET', `/v1/notifications?ids=${ids},${id.toUpperCase()}`)).body.notifications;
    assert.deepEqual(
      own.map((row: { id: string }) => row.id),
      [id],
    );
  });

  it('refuses what is no send', async () => {
    const { entryId } = await scene.addInvoice();
    const good = { channels: ['email'], message: 'x' };
    for (const body of [
      { ...good, channels: [] },
      { ...good, channels: ['email', 'email'] },
      { ...good, channels: ['fax'] },
      { ...good, message: ' ' },
      { ...good, message: 'x'.repeat(1_601) },
      { ...good, includePdf: 'true' },
      { message: 'x' },
    ])
      assert.equal((await scene.send(entryId, body)).status, 400, stringify(body));
    const { manager } = scene.tenant;
    for (const query of ['', '?ids=', '?ids=x', `?ids=${Array.from({ length: 101 }, () => randomUUID()).join()}`])
      assert.equal((await scene.field.as(manager, 'GET', `/v1/notifications${query}`)).status, 400, query);
  });

  it('answers a repeat with the messages of the first', async () => {
    const { entryId } = await scene.addInvoice();
    const body = { channels: ['email'], message: 'x' };
    const headers = { 'idempotency-key': randomUUID() };
    const [first, again] = [await scene.send(entryId, body, headers), await scene.send(entryId, body, headers)];
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
  });
});
