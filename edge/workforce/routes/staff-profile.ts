import type { Route } from '../../route.ts';

export const staffProfileRoutes: readonly Route[] = [];
