import type { Route } from '../../route.ts';

export const clientHomeRoutes: readonly Route[] = [];
