import type { Route } from '../../route.ts';

export const reviewRoutes: readonly Route[] = [];
