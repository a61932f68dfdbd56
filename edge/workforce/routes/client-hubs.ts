import type { Route } from '../../route.ts';

export const clientHubRoutes: readonly Route[] = [];
