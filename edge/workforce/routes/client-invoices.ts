import type { Route } from '../../route.ts';

export const clientInvoiceRoutes: readonly Route[] = [];
