import type { Action, Page, Resource } from './page.ts';
import { overviewPages, overviewResources } from './pages/overview.ts';

/** Every page of the console. */
export const pages: readonly Page[] = [...overviewPages];

/** Every action of the console. */
export const actions: readonly Action[] = [];

/** What the pages load beside themselves. */
export const resources: readonly Resource[] = [...overviewResources];
