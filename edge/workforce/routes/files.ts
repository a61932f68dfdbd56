import type { Route } from '../../route.ts';

export const fileRoutes: readonly Route[] = [];
