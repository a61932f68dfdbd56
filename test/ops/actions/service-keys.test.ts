import assert from 'node:assert/strict';
import { findServiceKey } from '../../../db/core/service-keys.ts';
import { createKey, listKeys, revokeKey } from '../../../ops/actions/service-keys.ts';
import { operator, Rows } from './rows.ts';

describe('operators and service keys', function () {
  this.timeout(60_000);
  let rows: Rows;
  before(async () => {
    rows = await Rows.open();
  });
  after(() => rows.close());

  it('makes a key whose text no list and no audit row has', async () => {
    const { id, key } = await createKey(rows, { name: 'shop', kinds: ['noop'] }, operator);
    assert.match(key, /^mk_[\w-]{43}$/);
    assert.deepEqual(await findServiceKey(rows.db, key), { id, name: 'shop', kinds: ['noop'], operator: false });
    const audit = await rows.lastAudit();
    assert.equal(audit?.action, 'key.create');
    assert.ok(!JSON.stringify([audit, await listKeys(rows)]).includes(key));
  });

  it('refuses kinds that the key could not post', async () => {
    for (const kinds of [['nope'], ['transfer'], []])
      await assert.rejects(createKey(rows, { name: 'x', kinds }, operator), { code: 'invalid' });
  });

  it('revokes a key once', async () => {
    const { id, key } = await createKey(rows, { name: 'brief', kinds: ['*'] }, operator);
    await revokeKey(rows, { id }, operator);
    assert.equal(await findServiceKey(rows.db, key), null);
    await assert.rejects(revokeKey(rows, { id }, operator), { code: 'not_found' });
  });
});
