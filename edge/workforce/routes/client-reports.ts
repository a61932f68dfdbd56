import type { Route } from '../../route.ts';

export const clientReportRoutes: readonly Route[] = [];
