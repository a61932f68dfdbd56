import type { Route } from '../../route.ts';
import { olderRoute } from '../older-route.ts';
import { fileRoutes } from './files.ts';
import { invokeLlmRoutes } from './invoke-llm.ts';
import { verificationRoutes } from './verifications.ts';

/** What older callers know below `/core`. */
export const olderCoreRoutes: readonly Route[] = [...fileRoutes, ...invokeLlmRoutes, ...verificationRoutes].map(route =>
  olderRoute(route, `/core${route.path}`),
);
