import type { Route } from '../../route.ts';

export const olderCommandRoutes: readonly Route[] = [];
