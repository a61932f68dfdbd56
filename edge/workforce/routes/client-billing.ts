import type { Route } from '../../route.ts';

export const clientBillingRoutes: readonly Route[] = [];
