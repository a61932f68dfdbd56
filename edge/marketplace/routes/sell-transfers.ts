import { z } from 'zod';
import { listTransfers } from '../../../db/marketplace/transfers.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageQuery } from '../page-query.ts';
import { transferListSchema, viewTransferList } from '../transfer-view.ts';

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/sell/transfers',
  summary: "The seller's own transfers",
  description: 'Newest first: what was paid out for each order, what is on its way, what could not be paid.',
  roles: ['marketplace:user'],
  idempotency: 'none',
  query: z.object(pageQuery),
  response: { 200: transferListSchema },
  async handler({ actor, db, query }) {
    const filter = { sellerId: actor!.id, status: null, from: null, to: null };
    return { status: 200, body: viewTransferList(await listTransfers(db, filter, query)) };
  },
});

export const sellTransferRoutes: readonly Route[] = [list];
