import assert from 'node:assert/strict';
import sharp from 'sharp';
import { addToMinute } from '../../../db/core/kind-minutes.ts';
import { raiseAlert } from '../../../db/core/alerts.ts';
import { sampleFailuresOnce } from '../../../ops/ticker/sample-failures.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import type { OpenConsole, SignedIn } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';
import { insertFailed } from '../actions/failed-jobs.ts';
import { addPaper, addTenant, doubts } from './papers.ts';
import { addSeller, addUser, sell } from './sales.ts';

/** Brings something of everything into a system that has a worker and a ticker. Answers, by the paths of pages, addresses that show it. */
export async function fillScene(open: OpenConsole, admin: SignedIn): Promise<Record<string, string[]>> {
  const { db, spine } = open;
  const kinds = ['transfer', 'invoice-pdf', 'notification'];
  await addToMinute(db, kinds.map(minuteOf));
  const buyerId = await addUser(open);
  const { transfers } = await sell(open, buyerId, [await addSeller(open, 'zoe'), await addSeller(open)]);
  const money = await insertFailed(open, 12, { kind: 'transfer', code: 'balance_insufficient' });
  const failed = await insertFailed(open, 40, {
    kind: 'invoice-pdf',
    code: 'unprocessable',
    owner: 'marketplace/user-7',
  });
  await insertFailed(open, 7, { kind: 'notification', code: 'unavailable', state: 'pending' });
  await insertFailed(open, 2, { state: 'cancelled', code: 'cancelled' });
  await db.none(
    `insert into core.job_attempts (job_id, claim_no, attempt, outcome, fault, started_at)
    select $1, n, n, case when n < 3 then 'retry' else 'failed' end, '{"code": "unavailable", "message": "The provider did not answer."}',
      now() - (4 - n) * interval '1 minute' from generate_series(1, 3) n`,
    [failed[0]],
  );
  const mail = {
    to: 'zoe@example.com',
    subject: 'Your order',
    text: 'It is on its way.',
    html: '<p>It is on its way.</p>',
  };
  await open.outside.ports.mailer.send({ ...mail, onceKey: uuidV7() });
  const tenant = await addTenant(open);
  const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#dde' } })
    .png()
    .toBuffer();
  const review = { status: 'NEEDS_REVIEW', checks: doubts, reason: 'low_confidence' } as const;
  const picture = { bytes: png, contentType: 'image/png', filename: 'passport.png', verdict: review };
  const paper = await addPaper(open, tenant, picture);
  await raiseAlert(db, {
    kind: 'payment_mismatch',
    subject: uuidV7(),
    details: { expectedCents: 2_999, foundCents: 999 },
  });
  await raiseAlert(db, { kind: 'webhook_differs', subject: 'evt_1', details: { found: 'x'.repeat(200) } });
  const act = async (path: string, form: Record<string, string>) => {
    const { status, text, headers } = await admin.post(path, { reason: 'To see it', ...form });
    assert.equal(status, 303, `${path}: ${text.slice(0, 2_000)}`);
    return headers.get('location') as string;
  };
  await act('/queues/export/pause', {});
  await act('/failures/invoice-pdf/unprocessable/note', { note: 'The template is broken; a new build is on its way.' });
  const bulk = await act('/redrive', { filter: JSON.stringify({ kind: 'transfer', code: 'balance_insufficient' }) });
  await eventually(async () => {
    const { status } = await db.one('select status from marketplace.transfers where id = $1', [transfers[0]?.id]);
    assert.equal(status, 'failed');
  });
  await eventually(() => assert.ok(open.outside.outbox.mails().length > 0));
  await sampleFailuresOnce(spine);
  return {
    '/': ['/'],
    '/jobs': ['/jobs', '/jobs?kind=invoice-pdf&status=failed', '/jobs?owner=nobody'],
    '/jobs/:id': [`/jobs/${failed[0]}`, `/jobs/${money[0]}`],
    '/failures': ['/failures'],
    '/failures/:kind/:code': ['/failures/invoice-pdf/unprocessable', '/failures/transfer/balance_insufficient'],
    '/bulk': ['/bulk'],
    '/bulk/:id': [bulk],
    '/redrive': ['/redrive?kind=invoice-pdf&code=unprocessable'],
    '/queues': ['/queues'],
    '/queues/:kind': ['/queues/transfer', '/queues/export'],
    '/schedules': ['/schedules'],
    '/transfers': ['/transfers'],
    '/transfers/:id': [`/transfers/${transfers[0]?.id}`],
    '/verifications': ['/verifications'],
    '/verifications/:id': [`/verifications/${paper}`],
    '/outbox': ['/outbox'],
    '/alerts': ['/alerts'],
    '/audit': ['/audit'],
    '/operators': ['/operators'],
    '/account': ['/account'],
  };
}

function minuteOf(kind: string) {
  const counts = { accepted: 12, succeeded: 9, failed: 1, retried: 2, ready: 4, running: 1, retrying: 2, oldestS: 3 };
  return { kind, ...counts, p50Ms: 40, p99Ms: 900 };
}
