import assert from 'node:assert/strict';
import { decideVerification } from '../../../db/workforce/verification-moves.ts';
import { transact } from '../../../db/transact.ts';
import { type OpenConsole, openConsole, type SignedIn } from '../../support/console.ts';
import { addPaper, addTenant, doubts, type PaperTenant } from './papers.ts';

describe('the review queue', function () {
  this.timeout(120_000);
  let open: OpenConsole;
  let ada: SignedIn;
  let tenant: PaperTenant;
  let other: PaperTenant;

  before(async () => {
    open = await openConsole({ worker: false, ticker: false });
    ada = await open.signIn('viewer');
    tenant = await addTenant(open, 'Harborlight & <i>Sons</i>');
    other = await addTenant(open, 'Elsewhere');
  });
  after(() => open?.stop());

  const rowsOf = (text: string) =>
    [...text.matchAll(/<th scope="row"><a href="\/verifications\/([^"]+)"/g)].map(m => m[1]);
  const look = async (query = '') => rowsOf((await ada.get(`/verifications${query}`)).text);

  it('says so while nothing waits', async () => {
    const { status, text } = await ada.get('/verifications');
    assert.equal(status, 200);
    assert.match(text, /Nothing waits for a person\./);
    assert.match(text, /Nothing is left to review here\./);
  });

  it('holds what waits for a person, the oldest first, and finds the rest by status, type and tenant', async () => {
    const review = { status: 'NEEDS_REVIEW', checks: doubts, reason: 'low_confidence' } as const;
    const first = await addPaper(open, tenant, { verdict: review });
    const unseen = await addPaper(open, tenant);
    const passed = await addPaper(open, other, { verdict: { status: 'AUTO_PASS', checks: [] } });
    const second = await addPaper(open, other, { type: 'attire', verdict: review });
    const decided = await addPaper(open, tenant, { verdict: review });
    await transact(open.spine, tx =>
      decideVerification(
        tx,
        { tenantId: tenant.id, id: decided },
        { decision: 'REJECTED', note: null, reasonCode: null, reviewedBy: tenant.userId },
      ),
    );
    assert.deepEqual(await look(), [first, second]);
    assert.deepEqual(await look('?status=any'), [decided, second, passed, unseen, first]);
    assert.deepEqual(await look('?status=PENDING'), [unseen]);
    assert.deepEqual(await look('?status=any&type=attire'), [second]);
    assert.deepEqual(await look(`?status=any&type=&tenant=${other.id}`), [second, passed]);
    assert.deepEqual(await look(`?tenant=${other.id}`), [second]);
    const { text } = await ada.get('/verifications');
    assert.match(text, /<b>2<\/b> wait for a person, the oldest for \d/);
    assert.ok(text.includes('Harborlight &amp; &lt;i&gt;Sons') && !text.includes('<i>'), 'a name is no markup');
    assert.ok(!text.includes('ERIKSON'), 'what a check has found is personal, and no matter of lists');
  });

  it('refuses what is no status, type or tenant', async () => {
    for (const query of ['status=OPEN', 'type=passport', 'tenant=7', 'from=x'])
      assert.equal((await ada.get(`/verifications?${query}`)).status, 400, query);
  });

  it('pages through all of them, each once', async () => {
    await open.db.none(
      `insert into workforce.verifications (id, tenant_id, type, subject_type, subject_id, user_id, file_id, status)
      select gen_random_uuid(), tenant_id, type, subject_type, subject_id, user_id, file_id, 'NEEDS_REVIEW'
      from workforce.verifications, generate_series(1, 110) where id = (select min(id::text)::uuid from workforce.verifications)`,
    );
    for (const [query, order] of [
      ['', 'id'],
      ['?status=any', 'id desc'],
    ] as const) {
      const seen: (string | undefined)[] = [];
      for (let path: string | undefined = `/verifications${query}`; path !== undefined; ) {
        const { text }: { text: string } = await ada.get(path);
        seen.push(...rowsOf(text));
        path = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
      }
      const all = await open.db.any<{ id: string }>(
        `select id from workforce.verifications where $1 or status = 'NEEDS_REVIEW' order by ${order}`,
        [query !== ''],
      );
      assert.deepEqual(
        seen,
        all.map(row => row.id),
      );
    }
  });
});
