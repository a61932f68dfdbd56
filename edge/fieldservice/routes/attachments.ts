import type { Route } from '../../route.ts';

export const attachmentRoutes: readonly Route[] = [];
