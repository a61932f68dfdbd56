import type { Route } from '../../route.ts';

export const staffHomeRoutes: readonly Route[] = [];
