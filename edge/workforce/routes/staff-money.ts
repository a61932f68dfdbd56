import type { Route } from '../../route.ts';

export const staffMoneyRoutes: readonly Route[] = [];
