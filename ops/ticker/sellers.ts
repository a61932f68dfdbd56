import { randomUUID } from 'node:crypto';
import { refreshSeller } from '../../db/marketplace/refresh-seller.ts';
import { listWaitingSellers } from '../../db/marketplace/sellers.ts';
import type { Spine } from '../../db/spine.ts';
import type { Ports } from '../../shared/ports/ports.ts';

export type SellersDeps = Pick<Spine, 'db' | 'dispatch' | 'config' | 'log'> & { ports: Pick<Ports, 'stripe'> };

const pageRows = 100;

/**
 * Asks the provider about sellers who have money waiting: one who has finished onboarding without coming back to us, or
 * whose order was paid at the very moment the account became active, is released here.
 */
export async function refreshSellersOnce(deps: SellersDeps): Promise<void> {
  const order = { requestId: randomUUID(), retryEnabled: deps.config.transferRetryEnabled };
  let after: string | null = null;
  for (;;) {
    const sellers: string[] = await listWaitingSellers(deps.db, after, pageRows);
    for (const userId of sellers) {
      try {
        await refreshSeller({ db: deps.db, dispatch: deps.dispatch, stripe: deps.ports.stripe }, userId, order);
      } catch (error) {
        // One account that the provider refuses must not keep the others waiting.
        deps.log.warn({ err: error, userId }, "a seller's account could not be refreshed");
      }
    }
    after = sellers[sellers.length - 1] ?? null;
    if (sellers.length < pageRows || after === null) return;
  }
}
