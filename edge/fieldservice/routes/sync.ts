import type { Route } from '../../route.ts';

export const syncRoutes: readonly Route[] = [];
