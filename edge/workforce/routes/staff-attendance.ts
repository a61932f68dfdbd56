import type { Route } from '../../route.ts';

export const staffAttendanceRoutes: readonly Route[] = [];
