import type { Route } from '../../route.ts';

export const clientCoverageRoutes: readonly Route[] = [];
