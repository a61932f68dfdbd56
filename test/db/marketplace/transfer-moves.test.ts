import assert from 'node:assert/strict';
import type { Transaction } from '../../../db/connect.ts';
import {
  askReversal,
  cancelTransfer,
  completeReversal,
  completeTransfer,
  failReversal,
  failTransfer,
  giveUpTransfer,
  holdTransfer,
  unholdTransfer,
} from '../../../db/marketplace/transfer-moves.ts';
import { canMove, type TransferStatus, transferStatuses } from '../../../shared/transfer-state.ts';
import { openTransferScene, type TransferScene } from '../../support/transfer-scene.ts';

const moves: [TransferStatus, (tx: Transaction, id: string) => Promise<boolean>][] = [
  ['pending', unholdTransfer],
  ['failed', failTransfer],
  ['permanently_failed', giveUpTransfer],
  ['held', holdTransfer],
  ['cancelled', cancelTransfer],
  ['completed', (tx, id) => completeTransfer(tx, id, `tr_${id}`)],
  ['reversal_pending', askReversal],
  ['reversed', (tx, id) => completeReversal(tx, id, `trr_${id}`)],
  ['reversal_failed', failReversal],
];

describe('db/marketplace/transfer-moves', () => {
  let scene: TransferScene;
  before(async function () {
    this.timeout(60_000);
    scene = await openTransferScene();
  });
  after(() => scene.stop());

  /** A transfer that is forced into a status, with what the schema wants beside it. */
  const transferAs = async (status: TransferStatus) => {
    const { id } = await scene.pay(await scene.addSeller({ account: false }));
    const paid = ['completed', 'reversal_pending', 'reversed', 'reversal_failed'].includes(status);
    const asked = paid && status !== 'completed';
    await scene.db.none(
      `update marketplace.transfers set status = $2,
        provider_transfer_id = case when $3 then 'tr_' || id end, completed_at = case when $3 then now() end,
        reversal_asked_at = case when $4 then now() end,
        provider_reversal_id = case when $2 = 'reversed' then 'trr_' || id end
      where id = $1`,
      [id, status, paid, asked],
    );
    return id;
  };

  for (const from of transferStatuses) {
    it(`leaves ${from} only for where the drawing leads`, async () => {
      for (const [to, move] of moves) {
        const id = await transferAs(from);
        assert.equal(await scene.transact(tx => move(tx, id)), canMove(from, to), `${from} → ${to}`);
        assert.equal((await scene.transfer(id)).status, canMove(from, to) ? to : from);
      }
    });
  }

  it('refuses in the schema to hold or cancel what may have been paid', async () => {
    const id = await transferAs('failed');
    await scene.db.none(`update marketplace.transfers set call = 'unanswered', destination = 'acct' where id = $1`, [
      id,
    ]);
    for (const status of ['held', 'cancelled', 'completed'])
      await assert.rejects(
        scene.db.none('update marketplace.transfers set status = $2 where id = $1', [id, status]),
        /violates check constraint/,
      );
  });

  it('refuses to change or delete an attempt', async () => {
    for (const change of [
      'update marketplace.transfer_attempts set seq = 2',
      'delete from marketplace.transfer_attempts',
    ])
      await assert.rejects(scene.db.none(change), /append-only/);
    await assert.rejects(scene.db.none('truncate marketplace.transfer_attempts'), /append-only/);
  });
});
