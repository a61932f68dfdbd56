import type { Route } from '../../route.ts';

export const clientDirectoryRoutes: readonly Route[] = [];
