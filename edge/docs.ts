import type { Route } from './route.ts';
import type { Surface } from './surface.ts';

export function openapiRoutes(_surfaces: readonly Surface[]): Route[] {
  return [];
}
