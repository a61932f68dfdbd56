import { requireText } from './fields.ts';
import type { Call } from './endpoint.ts';
import type { Form } from './form.ts';
import { invalidRequest, resourceMissing } from './refusal.ts';

/** A page of Stripe's list format (docs.stripe.com/api/pagination). */
export interface Page {
  object: 'list';
  data: unknown[];
  has_more: boolean;
  url: string;
}

/** The parameters that every list takes. */
export const pageParams = ['limit', 'starting_after', 'ending_before'] as const;

/**
 * Cuts one page out of `rows`, newest first. `limit` 1–100, 10 unless told. `ending_before` gives the rows just before
 * its cursor, in the same order. 400 for both cursors at once, and for a cursor that isn't in the list.
 */
export function cutPage<Row extends { id: string }>(
  call: Call,
  noun: string,
  rows: Row[],
  render: (row: Row) => unknown,
): Page {
  const { params } = call;
  const limit = readLimit(params);
  if (params['starting_after'] !== undefined && params['ending_before'] !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: ending_before, starting_after.',
      'parameters_exclusive',
    );
  }
  let from = 0;
  let to = rows.length;
  if (params['starting_after'] !== undefined) from = positionOf(rows, noun, params, 'starting_after') + 1;
  const backwards = params['ending_before'] !== undefined;
  if (backwards) to = positionOf(rows, noun, params, 'ending_before');
  const window = rows.slice(from, to);
  const data = backwards ? window.slice(-limit) : window.slice(0, limit);
  return { object: 'list', data: data.map(render), has_more: window.length > data.length, url: call.path };
}

function readLimit(params: Form): number {
  if (params['limit'] === undefined) return 10;
  const text = requireText(params, 'limit');
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > 100) {
    throw invalidRequest('Invalid limit: it must be between 1 and 100', 'parameter_invalid_integer', 'limit');
  }
  return limit;
}

function positionOf(rows: { id: string }[], noun: string, params: Form, name: string): number {
  const id = requireText(params, name);
  const position = rows.findIndex(row => row.id === id);
  if (position === -1) throw resourceMissing(noun, id, name);
  return position;
}

/** Reads `created`, an exact time or a range of `gt`, `gte`, `lt`, `lte` in Unix seconds, as a predicate. */
export function readCreated(params: Form): (created: number) => boolean {
  const given = params['created'];
  if (given === undefined) return () => true;
  if (typeof given === 'string') {
    const at = readSeconds(given);
    return created => created === at;
  }
  const bounds = Object.entries(given).map(([operator, text]) => [operator, readSeconds(text)] as const);
  for (const [operator] of bounds) {
    if (!['gt', 'gte', 'lt', 'lte'].includes(operator)) {
      throw invalidRequest(
        `Received unknown parameter: created[${operator}]`,
        'parameter_unknown',
        `created[${operator}]`,
      );
    }
  }
  return created =>
    bounds.every(([operator, bound]) => {
      if (operator === 'gt') return created > bound;
      if (operator === 'gte') return created >= bound;
      if (operator === 'lt') return created < bound;
      return created <= bound;
    });
}

function readSeconds(text: string | Form): number {
  if (typeof text === 'string' && /^\d{1,12}$/.test(text)) return Number(text);
  throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp', 'parameter_invalid_integer', 'created');
}
