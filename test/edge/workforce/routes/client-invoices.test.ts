import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Worker } from '../../../support/staffing.ts';
import { openBillingScene, type BillingScene } from '../billing-scene.ts';

describe('edge/workforce/routes: invoices', function () {
  this.timeout(120_000);
  let scene: BillingScene;
  let jo: Worker;
  before(async () => {
    scene = await openBillingScene();
    jo = await scene.staffing.addWorker(scene.tenant, { fullName: 'Jo Łukasz' });
    for (const weeks of [-2, -1, 0]) {
      await scene.work(jo, scene.week(weeks));
      await scene.bill(scene.week(weeks));
    }
  });
  after(() => scene.stop());

  const decide = async (id: string, verb: 'approve' | 'dispute', more: { token?: string; body?: unknown } = {}) => {
    const { token = scene.client.token, body = verb === 'dispute' ? { reason: 'Too much.' } : undefined } = more;
    const answer = await scene.staffing.call('POST', `/client/billing/invoices/${id}/${verb}`, { token, body });
    return { status: answer.status, said: answer.body.status ?? answer.body.code };
  };

  it('approves and disputes what is open, and nothing that was decided', async () => {
    const [first, second] = await scene.invoices();
    assert.deepEqual(await decide(first!.id, 'approve'), { status: 200, said: 'APPROVED' });
    assert.deepEqual(await decide(first!.id, 'approve'), { status: 409, said: 'INVALID_INVOICE_STATE' });
    assert.deepEqual(await decide(first!.id, 'dispute'), { status: 409, said: 'INVALID_INVOICE_STATE' });
    assert.deepEqual(await decide(second!.id, 'dispute'), { status: 200, said: 'DISPUTED' });
    assert.deepEqual(await decide(second!.id, 'dispute'), { status: 409, said: 'INVALID_INVOICE_STATE' });
    const kept = await scene.staffing.db.one(
      'select dispute_reason, disputed_at is not null as disputed, approved_at from workforce.invoices where id = $1',
      [second!.id],
    );
    assert.deepEqual(kept, { disputeReason: 'Too much.', disputed: true, approvedAt: null });
    assert.deepEqual(await decide(second!.id, 'approve'), { status: 200, said: 'APPROVED' });
  });

  it('decides once when two decide at once', async () => {
    const [, , third] = await scene.invoices();
    const answers = await Promise.all([
      decide(third!.id, 'dispute'),
      decide(third!.id, 'dispute'),
      decide(third!.id, 'dispute'),
    ]);
    assert.deepEqual(answers.map(answer => answer.status).sort(), [200, 409, 409]);
  });

  it('answers the same PDF each time, and 304 for one that is known', async () => {
    const { id } = (await scene.invoices())[0]!;
    const get = (headers: Record<string, string> = {}) =>
      fetch(`${scene.staffing.url}/client/billing/invoices/${id}/pdf`, {
        headers: { authorization: `Bearer ${scene.client.token}`, ...headers },
      });
    const first = await get();
    const bytes = Buffer.from(await first.arrayBuffer());
    assert.deepEqual([first.status, first.headers.get('content-type')], [200, 'application/pdf']);
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
    assert.match(first.headers.get('content-disposition') ?? '', /^inline; filename="INV-\d{4}-000001\.pdf"$/);
    assert.deepEqual(Buffer.from(await (await get()).arrayBuffer()), bytes);
    assert.equal((await get({ 'if-none-match': first.headers.get('etag') ?? '' })).status, 304);
  });

  it('knows no invoice of another business, nor one that isn’t there, and asks for a reason', async () => {
    const { id } = (await scene.invoices())[0]!;
    const { token } = await scene.addClient();
    for (const verb of ['approve', 'dispute'] as const) {
      assert.deepEqual(await decide(id, verb, { token }), { status: 404, said: 'INVOICE_NOT_FOUND' });
      assert.deepEqual(await decide(randomUUID(), verb), { status: 404, said: 'INVOICE_NOT_FOUND' });
    }
    const pdf = `/client/billing/invoices/${id}/pdf`;
    assert.equal((await scene.staffing.call('GET', pdf, { token })).status, 404);
    assert.equal((await scene.staffing.call('GET', pdf, { token: jo.token })).status, 403);
    for (const body of [{}, { reason: ' ' }, { reason: 'Why', more: 1 }])
      assert.deepEqual(await decide(id, 'dispute', { body }), { status: 400, said: 'INVALID' });
  });
});
