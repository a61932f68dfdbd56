import type { Route } from '../../route.ts';

export const olderCoreRoutes: readonly Route[] = [];
