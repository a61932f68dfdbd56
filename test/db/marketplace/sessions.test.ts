import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from '../../../db/connect.ts';
import {
  createSession,
  findLiveSession,
  reapSessions,
  revokeSession,
  rotateRefreshToken,
} from '../../../db/marketplace/sessions.ts';
import { createUser } from '../../../db/marketplace/users.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';

const newHash = () => randomBytes(32);

describe('db/marketplace/sessions', () => {
  let database: TestDatabase;
  let db: Database;
  let userId: string;
  before(async function () {
    this.timeout(60_000);
    database = await createDatabase();
    db = connectDatabase({ url: database.url, maxConnections: 10, applicationName: 'test' });
    const user = await createUser(db, { username: 'ada', email: 'ada@example.com', passwordHash: 'x' });
    userId = user!.id;
  });
  after(async () => {
    await db?.$pool.end();
    await database?.drop();
  });

  const open = (hash: Buffer) => db.tx(tx => createSession(tx, userId, hash));
  const rotate = (hash: Buffer, successor: Buffer) => db.tx(tx => rotateRefreshToken(tx, hash, successor));
  const tokensOf = async (id: string): Promise<number> =>
    (await db.one('select count(*) as tokens from marketplace.refresh_tokens where session_id = $1', [id])).tokens;

  it('lets one of many concurrent uses of a token rotate it, and tells the others its successor', async () => {
    const [hash, successor] = [newHash(), newHash()];
    const id = await open(hash);
    const rotations = await Promise.all(Array.from({ length: 8 }, () => rotate(hash, successor)));
    assert.equal(rotations.filter(({ outcome }) => outcome === 'rotated').length, 1);
    assert.equal(rotations.filter(({ outcome }) => outcome === 'repeated').length, 7);
    for (const rotation of rotations) assert.ok('successor' in rotation && rotation.successor.equals(successor));
    assert.equal(await tokensOf(id), 2);
  });

  it('never revives a session that was revoked', async () => {
    const hash = newHash();
    const id = await open(hash);
    await revokeSession(db, id);
    assert.deepEqual(await rotate(hash, newHash()), { outcome: 'ended' });
    assert.equal(await findLiveSession(db, id, userId), null);
  });

  it('knows a live session by its user only', async () => {
    const id = await open(newHash());
    assert.equal(await findLiveSession(db, id, userId), 'user');
    assert.equal(await findLiveSession(db, id, id), null);
  });

  it('keeps one token of a session good at a time, by the schema', async () => {
    const id = await open(newHash());
    const second = db.none('insert into marketplace.refresh_tokens (hash, session_id) values ($1, $2)', [
      newHash(),
      id,
    ]);
    await assert.rejects(second, { constraint: 'refresh_tokens_current' });
  });

  it('reaps what is over, and nothing that still guards against reuse', async () => {
    await db.none('delete from marketplace.sessions');
    const [over, live, used] = [newHash(), newHash(), newHash()];
    const [overId, liveId] = [await open(over), await open(live)];
    await rotate(live, used);
    assert.equal(await reapSessions(db, 100), 0);
    await db.none(`update marketplace.sessions set expires_at = now() - interval '25 hours' where id = $1`, [overId]);
    await db.none(`update marketplace.refresh_tokens set used_at = now() - interval '31 days' where hash = $1`, [live]);
    assert.equal(await reapSessions(db, 100), 2);
    assert.equal(await tokensOf(overId), 0);
    assert.equal(await tokensOf(liveId), 1);
  });
});
