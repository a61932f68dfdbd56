import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { openStaffing, type Colleague, type Staffing, type Tenant, type Worker } from '../../support/staffing.ts';
import { askVerification, awaitVerification, certificateOf, uploadFile } from '../../support/verification-scene.ts';

describe('edge/workforce/verifications', function () {
  this.timeout(120_000);
  let staffing: Staffing;
  let tenant: Tenant;
  let zoe: Worker;
  let reviewer: Colleague;
  let good: string;

  before(async () => {
    staffing = await openStaffing();
    tenant = await staffing.addTenant();
    zoe = await staffing.addWorker(tenant, { fullName: 'Zoe Winter' });
    reviewer = await staffing.addOther(tenant, 'REVIEWER');
    good = await uploadFile(staffing, zoe.token, await certificateOf('Zoe Winter'));
  });
  after(() => staffing.stop());

  /** A verification that needs no worker: put into a status as if one had been there. */
  async function askedAs(status: string, owner = zoe, fileUri = good): Promise<string> {
    const id = await askVerification(staffing, owner.token, fileUri);
    await awaitVerification(staffing, owner.token, id);
    await staffing.db.none('update workforce.verifications set status = $1 where id = $2', [status, id]);
    return id;
  }

  it('accepts one, and tells whoever waits what a worker found, check by check', async () => {
    const body = { type: 'certification', subjectType: 'certificate', subjectId: 'x', fileUri: good };
    const asked = await staffing.call('POST', '/verifications', { token: zoe.token, body });
    assert.equal(asked.status, 202, asked.text);
    const { verificationId, requestId, ...rest } = asked.body;
    assert.ok(requestId);
    assert.deepEqual(rest, { status: 'PENDING', type: 'certification' });
    assert.equal(asked.headers.get('location'), `/verifications/${verificationId}`);

    const seen = await awaitVerification(staffing, zoe.token, verificationId);
    assert.equal(seen.status, 200, seen.text);
    assert.equal(seen.headers.get('preference-applied'), 'wait=30');
    assert.equal(seen.headers.get('retry-after'), null);
    const { checks, createdAt, updatedAt, requestId: _, ...found } = seen.body;
    assert.deepEqual(found, {
      verificationId,
      status: 'AUTO_PASS',
      type: 'certification',
      review: null,
      subjectType: 'certificate',
      subjectId: 'x',
    });
    assert.ok(createdAt <= updatedAt);
    const name = checks.find((check: { name: string }) => check.name === 'holder_name');
    assert.deepEqual([name.outcome, name.evidence.found], ['pass', 'Zoe Winter']);
  });

  it('keeps every change with who, when and why, which reviewers see and the asker does not', async () => {
    const fileUri = await uploadFile(staffing, zoe.token, await certificateOf('Somebody Else'));
    const id = await askVerification(staffing, zoe.token, fileUri);
    const failed = await awaitVerification(staffing, zoe.token, id);
    assert.deepEqual([failed.body.status, failed.body.history], ['AUTO_FAIL', undefined]);
    const retried = await staffing.call('POST', `/verifications/${id}/retry`, { token: zoe.token });
    assert.deepEqual([retried.status, retried.body.status], [202, 'PENDING'], retried.text);
    assert.equal(retried.headers.get('location'), `/verifications/${id}`);
    assert.equal((await awaitVerification(staffing, zoe.token, id)).body.status, 'AUTO_FAIL');
    const decision = { decision: 'REJECTED', note: 'Another name.', reasonCode: 'OTHER_HOLDER' };
    const token = reviewer.token;
    const decided = await staffing.call('POST', `/verifications/${id}/review`, { token, body: decision });
    assert.equal(decided.status, 200, decided.text);
    const { reviewedAt, ...review } = decided.body.review;
    assert.deepEqual([decided.body.status, review], ['REJECTED', { ...decision, reviewedBy: reviewer.userId }]);

    const { body } = await staffing.call('GET', `/verifications/${id}`, { token });
    assert.deepEqual([body.status, body.review], ['REJECTED', { ...review, reviewedAt }]);
    const [user, other] = [`user/${zoe.userId}`, `user/${reviewer.userId}`];
    assert.deepEqual(
      body.history.map(({ from, to, by, reason }: Record<string, string>) => [from, to, by, reason]),
      [
        [null, 'PENDING', user, null],
        ['PENDING', 'PROCESSING', 'worker', null],
        ['PROCESSING', 'AUTO_FAIL', 'worker', 'other_holder'],
        ['AUTO_FAIL', 'PENDING', user, null],
        ['PENDING', 'PROCESSING', 'worker', null],
        ['PROCESSING', 'AUTO_FAIL', 'worker', 'other_holder'],
        ['AUTO_FAIL', 'REJECTED', other, 'OTHER_HOLDER'],
      ],
    );
    const times = body.history.map(({ at }: { at: string }) => at);
    assert.deepEqual(times, times.toSorted());
    assert.equal(times.at(-1), reviewedAt);
  });

  it('is decided once, from every status in which a worker has looked', async () => {
    for (const status of ['AUTO_PASS', 'AUTO_FAIL', 'NEEDS_REVIEW', 'ERROR']) {
      const id = await askedAs(status);
      const review = (decision: string) =>
        staffing.call('POST', `/verifications/${id}/review`, { token: reviewer.token, body: { decision } });
      const answers = await Promise.all([review('APPROVED'), review('REJECTED')]);
      assert.deepEqual(answers.map(answer => answer.status).sort(), [200, 409], status);
      const refused = answers.find(answer => answer.status === 409);
      const decided = answers.find(answer => answer.status === 200);
      assert.deepEqual(
        [refused?.body.code, refused?.body.details],
        ['INVALID_VERIFICATION_STATE', { status: decided?.body.status }],
      );
    }
    for (const status of ['PENDING', 'PROCESSING']) {
      const path = `/verifications/${await askedAs(status)}/review`;
      const early = await staffing.call('POST', path, { token: reviewer.token, body: { decision: 'APPROVED' } });
      assert.deepEqual([early.status, early.body.code], [409, 'INVALID_VERIFICATION_STATE'], status);
    }
  });

  it('is looked at again only after an error or a failure', async () => {
    for (const status of ['PENDING', 'PROCESSING', 'AUTO_PASS', 'NEEDS_REVIEW', 'APPROVED', 'REJECTED']) {
      const id = await askedAs(status);
      const refused = await staffing.call('POST', `/verifications/${id}/retry`, { token: zoe.token });
      assert.deepEqual([refused.status, refused.body.code], [409, 'INVALID_VERIFICATION_STATE'], status);
      assert.equal((await jobsOf(id)).length, 1, 'a refused retry leaves no job behind');
    }
    const id = await askedAs('ERROR');
    const [one, two] = await Promise.all(
      [1, 2].map(() => staffing.call('POST', `/verifications/${id}/retry`, { token: zoe.token })),
    );
    assert.deepEqual([one?.status, two?.status].sort(), [202, 409]);
    assert.equal((await awaitVerification(staffing, zoe.token, id)).body.status, 'AUTO_PASS');
    assert.equal((await jobsOf(id)).length, 2);
  });

  const jobsOf = (id: string) =>
    staffing.db.any("select id from core.jobs where kind = 'verification' and payload ->> 'verificationId' = $1", [id]);

  it('is there for its asker, and reviewers and admins of its tenant; for nobody else', async () => {
    const id = await askedAs('AUTO_FAIL');
    const elsewhere = await staffing.addTenant();
    const others = [
      await staffing.addWorker(tenant),
      await staffing.addClient(tenant),
      await staffing.addOther(elsewhere, 'REVIEWER'),
      await staffing.addOther(elsewhere, 'TENANT_ADMIN'),
    ];
    for (const { token } of others) {
      const seen = await staffing.call('GET', `/verifications/${id}`, { token });
      const retried = await staffing.call('POST', `/verifications/${id}/retry`, { token });
      assert.deepEqual([seen.status, retried.status], [404, 404]);
      assert.equal(seen.body.code, 'NOT_FOUND');
    }
    const body = { decision: 'APPROVED' };
    const statuses = [];
    for (const { token } of [zoe, ...others])
      statuses.push((await staffing.call('POST', `/verifications/${id}/review`, { token, body })).status);
    assert.deepEqual(statuses, [403, 403, 403, 404, 404]);
    const admin = await staffing.addOther(tenant, 'TENANT_ADMIN');
    for (const { token } of [reviewer, admin])
      assert.equal((await staffing.call('GET', `/verifications/${id}`, { token })).body.status, 'AUTO_FAIL');
  });

  it("takes the caller's own files only", async () => {
    const other = await staffing.addWorker(tenant);
    for (const [token, fileUri] of [
      [other.token, good],
      [zoe.token, 'millrace://private/workforce/none'],
      [zoe.token, 'https://example.com/passport.pdf'],
    ]) {
      const body = { type: 'certification', subjectType: 'certificate', subjectId: 'x', fileUri };
      const refused = await staffing.call('POST', '/verifications', { token: token as string, body });
      assert.deepEqual([refused.status, refused.body.code], [404, 'FILE_NOT_FOUND'], refused.text);
    }
  });

  it("judges a worker's papers by that worker's name, whoever sends them in; only reviewers and admins may send in another's", async () => {
    const subject = { subjectType: 'staff', subjectId: zoe.staffId };
    const paper = await certificateOf('Zoe Winter');
    const byReviewer = await uploadFile(staffing, reviewer.token, paper);
    const id = await askVerification(staffing, reviewer.token, byReviewer, subject);
    const { body } = await awaitVerification(staffing, reviewer.token, id);
    assert.equal(body.status, 'AUTO_PASS');
    const without = await askVerification(staffing, reviewer.token, byReviewer);
    const unsure = await awaitVerification(staffing, reviewer.token, without);
    assert.equal(unsure.body.status, 'NEEDS_REVIEW', 'nobody knows whose paper it is to be');

    const other = await staffing.addWorker(tenant, { fullName: 'Ann Other' });
    const stranger = await staffing.addWorker(await staffing.addTenant());
    const ask = async (token: string, subjectId: string) => {
      const fileUri = await uploadFile(staffing, token, paper);
      const asked = { type: 'certification', subjectType: 'staff', subjectId, fileUri };
      return (await staffing.call('POST', '/verifications', { token, body: asked })).status;
    };
    assert.equal(await ask(zoe.token, zoe.staffId), 202);
    assert.equal(await ask(other.token, zoe.staffId), 404);
    assert.equal(await ask(reviewer.token, stranger.staffId), 404);
  });

  it('is asked for once per Idempotency-Key, and only with one', async () => {
    const body = { type: 'certification', subjectType: 'certificate', subjectId: 'x', fileUri: good };
    const ask = (key: string | null) => staffing.call('POST', '/verifications', { token: zoe.token, body, key });
    const key = randomUUID();
    const first = await ask(key);
    const again = await ask(key);
    assert.deepEqual(
      [
        again.status,
        again.body.verificationId,
        again.headers.get('idempotent-replayed'),
        again.headers.get('location'),
      ],
      [202, first.body.verificationId, 'true', first.headers.get('location')],
    );
    assert.equal((await jobsOf(first.body.verificationId)).length, 1);
    const without = await ask(null);
    assert.deepEqual([without.status, without.body.code], [400, 'MISSING_IDEMPOTENCY_KEY']);
  });

  it('refuses what it does not know, and what is too large', async () => {
    const fine = { type: 'certification', subjectType: 'certificate', subjectId: 'x', fileUri: good };
    for (const wrong of [
      { ...fine, type: 'tattoo' },
      { ...fine, fileUri: undefined },
      { ...fine, more: 1 },
      { ...fine, subjectId: '' },
      { ...fine, rules: [] },
      { ...fine, metadata: { text: 'x'.repeat(10_000) } },
    ]) {
      const refused = await staffing.call('POST', '/verifications', { token: zoe.token, body: wrong });
      assert.deepEqual([refused.status, refused.body.code], [400, 'INVALID'], JSON.stringify(wrong).slice(0, 200));
    }
    const nobody = await staffing.call('GET', `/verifications/${randomUUID()}`);
    assert.equal(nobody.status, 401);
  });
});
