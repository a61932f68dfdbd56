import type { Route } from '../../route.ts';

export const staffNotificationRoutes: readonly Route[] = [];
