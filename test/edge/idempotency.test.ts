import assert from 'node:assert/strict';
import { findKey, leaseKey } from '../../db/core/idempotency.ts';
import { onceInTransaction } from '../../edge/idempotency.ts';
import { Fault } from '../../shared/fault.ts';
import { serveEdge, type ServedEdge } from '../support/edge.ts';

describe('edge/idempotency', function () {
  this.timeout(120_000);
  let served: ServedEdge;
  before(async () => {
    served = await serveEdge({ worker: false });
  });
  after(() => served?.stop());

  it('refuses work in a transaction whose key another route leases meanwhile, and leaves the key to that', async () => {
    const { spine, db } = served;
    const scope = { surface: 'marketplace', actor: 'somebody', key: 'k' };
    const work = async () => {
      assert.ok(await leaseKey(db, scope, '0b'.repeat(32), 60_000));
      return { status: 201 };
    };
    await assert.rejects(
      onceInTransaction(spine, { scope, fingerprint: '0a'.repeat(32), secret: false }, work),
      (error: unknown) => error instanceof Fault && error.code === 'idempotency_in_progress',
    );
    assert.equal((await findKey(db, scope))?.leased, true);
  });
});
