import type { Route } from '../../route.ts';

export const olderQueryRoutes: readonly Route[] = [];
