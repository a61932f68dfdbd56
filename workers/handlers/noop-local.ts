import type { noopLocal as spec } from '../../shared/jobs/noop-local.ts';
import type { Handler } from '../handler.ts';

export const noopLocal: Handler<typeof spec> = async (_ctx, payload) => payload;
