import type { Route } from '../../route.ts';

export const sessionRoutes: readonly Route[] = [];
