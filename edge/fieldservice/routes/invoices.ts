import type { Route } from '../../route.ts';

export const invoiceRoutes: readonly Route[] = [];
