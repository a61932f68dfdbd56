import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { addSendNotification, listNotifications, openNotification } from '../../db/fieldservice/notifications.ts';
import { insertJob } from '../../db/insert-job.ts';
import { loadSettlers } from '../../db/settlers.ts';
import { transact } from '../../db/transact.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../ops/sandbox/twilio/server.ts';
import { notification } from '../../shared/jobs/notification.ts';
import { eventually } from '../support/eventually.ts';
import { sharedBrokers, describeFlow } from '../support/flow-broker.ts';
import { System } from '../support/system.ts';

describeFlow(sharedBrokers, 'a worker killed between a text and its record', function (broker) {
  this.timeout(120_000);
  let system: System;
  let twilio: TwilioSandbox;

  before(async () => {
    twilio = await startTwilioSandbox({ settleAfterMs: 3_600_000 });
    system = await System.open({
      broker,
      kinds: [notification],
      settlers: loadSettlers({ transferRetryEnabled: true }),
      env: {
        TWILIO_ACCOUNT_SID: twilio.accountSid,
        TWILIO_AUTH_TOKEN: twilio.authToken,
        TWILIO_API_BASE: twilio.url,
        TWILIO_SMS_FROM: twilio.smsFrom,
        WORKER_KINDS: notification.kind,
        // Not called here, but a worker refuses to start without them.
        STRIPE_SECRET_KEY: 'sk_test_none',
        HYPERSWITCH_API_KEY: 'none',
        HYPERSWITCH_API_BASE: 'http://127.0.0.1:1',
        HYPERSWITCH_WEBHOOK_SECRET: 'a secret of thirty-two characters',
        SMTP_URL: 'smtp://127.0.0.1:1',
        FIREBASE_PROJECT_ID: 'none',
        CLERK_ISSUER: 'http://127.0.0.1:1',
        FIREBASE_API_KEY: 'none',
      },
    });
    await system.startTicker();
  });
  after(async () => {
    await system.close();
    await twilio.stop();
  });

  it('sends it once', async () => {
    const { db } = system;
    const [tenantId, sendId, userId] = [randomUUID(), randomUUID(), randomUUID()];
    await db.none(
      `insert into fieldservice.users (id, subject) values ($3, 'nobody');
      insert into fieldservice.tenants (id, name, owner_user_id) values ($1, 'T', $3);
      insert into fieldservice.invoice_sends (id, tenant_id, entry_id, user_id) values ($2, $1, $1, $3)`,
      [tenantId, sendId, userId],
    );
    twilio.arm({ on: 'messages.create', fault: 'timeout_after' });
    const first = await system.startProcess('workers/main.ts');
    const { id, jobId } = await transact({ db: system.spine.db, dispatch: system.spine.dispatch }, async tx => {
      const text = { channel: 'sms', recipient: '+14155550100', subject: '', body: 'Once', invoiceId: null } as const;
      const made = await addSendNotification(tx, { tenantId, sendId, ...text, error: null });
      const order = { owner: 'service/test', requestId: randomUUID() };
      const job = await insertJob(tx, notification, { area: 'fieldservice', notificationId: made }, order);
      return { id: made, jobId: job.id };
    });
    await eventually(() => assert.equal(twilio.messages().length, 1));
    assert.ok((await openNotification(db, id))?.triedAt);

    await first.end('SIGKILL');
    await system.startProcess('workers/main.ts');
    await system.reaches(jobId, 'succeeded', 30_000);

    const [row] = await listNotifications(db, tenantId, [id]);
    assert.deepEqual([row?.status, row?.providerMessageId], ['sent', twilio.messages()[0]?.sid]);
    assert.equal(twilio.messages().length, 1);
    const [lost] = await system.attempts(jobId);
    assert.equal(lost?.fault?.code, 'worker_lost');
  });
});
