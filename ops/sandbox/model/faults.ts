import { z } from 'zod';
import { ArmedFaults } from '../armed-faults.ts';

/**
 * What an armed fault does to a completion: `slow` (answers after `delayMs`), `server_error` (500), `rate_limit` (429), `out_of_quota` (429 for
 * good), `garbage` (200 with a page that is no JSON), `off_schema` (JSON of another shape than was asked for), `prose` (a text where JSON was
 * asked for), `refusal`, `cut_short` (ends in the middle), `drop` (the connection closes), `timeout` (no answer ever comes), and `says`, which is no
 * fault: the model answers with `content`.
 */
const faultNames = [
  'slow',
  'server_error',
  'rate_limit',
  'out_of_quota',
  'garbage',
  'off_schema',
  'prose',
  'refusal',
  'cut_short',
  'drop',
  'timeout',
  'says',
] as const;

export interface ModelFault {
  fault: (typeof faultNames)[number];
  /** How many completions it strikes; 1 unless told. */
  times?: number;
  /** Strikes only prompts that hold this text. */
  match?: { prompt?: string };
  /** Of `slow`; 1,000 unless told. */
  delayMs?: number;
  /** Of `says`: a text, or what is sent as JSON. */
  content?: unknown;
}

const faultSchema = z.strictObject({
  fault: z.enum(faultNames),
  times: z.int().min(1).optional(),
  match: z.strictObject({ prompt: z.string().optional() }).optional(),
  delayMs: z.int().min(0).optional(),
  content: z.unknown().optional(),
});

/** The faults that are armed. */
export class Faults extends ArmedFaults<ModelFault> {
  /** Takes one strike of the oldest fault that fits, or returns null. */
  take(prompt: string): ModelFault | null {
    return this.strike(armed => prompt.includes(armed.match?.prompt ?? ''));
  }
}

/** A fault from outside, checked. Throws ZodError saying what is wrong. */
export function readFault(given: unknown): ModelFault {
  const { fault, times, match, delayMs, content } = faultSchema.parse(given);
  return {
    fault,
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(content === undefined ? {} : { content }),
    ...(match?.prompt === undefined ? {} : { match: { prompt: match.prompt } }),
  };
}
