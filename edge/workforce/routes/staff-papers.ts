import type { Route } from '../../route.ts';

export const staffPaperRoutes: readonly Route[] = [];
