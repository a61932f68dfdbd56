import type { Route } from '../../route.ts';

export const staffPaymentRoutes: readonly Route[] = [];
