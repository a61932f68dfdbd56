import type { Route } from '../../route.ts';

export const twilioWebhookRoutes: readonly Route[] = [];
