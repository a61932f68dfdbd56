import type { Route } from '../../route.ts';

export const staffShiftRoutes: readonly Route[] = [];
