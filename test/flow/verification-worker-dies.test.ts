import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettlers } from '../../db/settlers.ts';
import { transact } from '../../db/transact.ts';
import { insertFile } from '../../db/workforce/files.ts';
import { createVerification, findVerificationJob } from '../../db/workforce/verifications.ts';
import { newFileKey } from '../../shared/file-key.ts';
import { verification } from '../../shared/jobs/verification.ts';
import { createFilesPort } from '../../shared/ports/files.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { eventually } from '../support/eventually.ts';
import { sharedBrokers, describeFlow } from '../support/flow-broker.ts';
import { System } from '../support/system.ts';
import { certificateLines, drawCertificate } from '../workers/verification/documents.ts';

describeFlow(sharedBrokers, 'a worker killed while it looks at a file', function (broker) {
  this.timeout(180_000);
  let system: System;
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-verification-'));
    system = await System.open({
      broker,
      kinds: [verification],
      settlers: loadSettlers({ transferRetryEnabled: true }),
      env: {
        DATA_DIR: dir,
        JWT_SECRET: 'a secret of thirty-two characters',
        ENCRYPTION_KEY: 'a secret of thirty-two characters',
        PUBLIC_URL: 'http://127.0.0.1:1',
        WORKER_KINDS: verification.kind,
        // Not called here, but a process refuses to start without them.
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
    await rm(dir, { recursive: true });
  });

  /** A scan of a certificate: its text is there only for who can read pictures. */
  async function sendIn(): Promise<{ tenantId: string; id: string }> {
    const files = createFilesPort({
      url: undefined,
      dir: join(dir, 'files'),
      publicUrl: () => '',
      signingKeys: ['none'],
    });
    const contentType = 'image/png';
    const scan = await drawCertificate(certificateLines({ holder: 'Zoe Winter', expires: '12 March 2091' }), 20);
    const stored = await files.write(newFileKey('workforce'), scan, { contentType, maxBytes: 10_000_000 });
    const [tenantId, userId] = [uuidV7(), uuidV7()];
    await system.db.none(
      `insert into workforce.tenants (id, name) values ($1, 'T');
      insert into workforce.users (id, identity_uid) values ($2, 'zoe');
      insert into workforce.staff (id, tenant_id, user_id, full_name) values ($3, $1, $2, 'Zoe Winter')`,
      [tenantId, userId, uuidV7()],
    );
    const { key: storageKey, sizeBytes, sha256 } = stored;
    const place = { storageKey, filename: 'scan.png', contentType, visibility: 'private', category: '' } as const;
    return transact({ db: system.spine.db, dispatch: system.spine.dispatch }, async tx => {
      const { id: fileId } = await insertFile(tx, { tenantId, userId, sizeBytes, sha256, ...place });
      const paper = { type: 'certification', subjectType: 'certificate', subjectId: 'x' } as const;
      const asked = { tenantId, userId, fileId, rules: {}, metadata: {}, ...paper };
      return { tenantId, id: (await createVerification(tx, asked, { requestId: randomUUID() })).id };
    });
  }

  it('is looked at by another one, once, and both beginnings are in its history', async () => {
    const { db } = system;
    const named = await sendIn();
    const jobId = (await findVerificationJob(db, named)) as string;
    const worker = await system.startProcess('workers/main.ts');
    await eventually(async () => {
      const { status } = await db.one('select status from workforce.verifications where id = $1', [named.id]);
      assert.equal(status, 'PROCESSING');
    });
    await worker.end('SIGKILL');
    assert.equal((await system.job(jobId)).state, 'running', 'it was killed half-way');
    await system.startProcess('workers/main.ts');
    await system.reaches(jobId, 'succeeded', 60_000);

    const [lost, ...more] = await system.attempts(jobId);
    assert.deepEqual([lost?.outcome, lost?.fault?.code, more.length], ['rescued', 'worker_lost', 0]);
    const row = await db.one('select status, checks from workforce.verifications where id = $1', [named.id]);
    assert.equal(row.status, 'AUTO_PASS', JSON.stringify(row.checks));
    const events = await db.any(
      'select seq, from_status, to_status, actor, reason from workforce.verification_events where verification_id = $1 order by seq',
      [named.id],
    );
    assert.deepEqual(
      events.slice(1).map(({ seq, fromStatus, toStatus, actor, reason }) => [seq, fromStatus, toStatus, actor, reason]),
      [
        [2, 'PENDING', 'PROCESSING', 'worker', null],
        [3, 'PROCESSING', 'PENDING', 'worker', 'worker_lost'],
        [4, 'PENDING', 'PROCESSING', 'worker', null],
        [5, 'PROCESSING', 'AUTO_PASS', 'worker', null],
      ],
    );
  });
});
