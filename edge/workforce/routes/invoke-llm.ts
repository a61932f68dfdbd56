import type { Route } from '../../route.ts';

export const invokeLlmRoutes: readonly Route[] = [];
