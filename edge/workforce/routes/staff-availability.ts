import type { Route } from '../../route.ts';

export const staffAvailabilityRoutes: readonly Route[] = [];
