import type { Route } from '../../route.ts';

export const clientOrderRoutes: readonly Route[] = [];
