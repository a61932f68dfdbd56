import type { noop as spec } from '../../shared/jobs/noop.ts';
import type { Handler } from '../handler.ts';

export const noop: Handler<typeof spec> = async (_ctx, payload) => payload;
