const maxWaitS = 30;

export interface Preference {
  /** How long the client would wait for the finished job, at most 30 s; null if it did not say. */
  waitMs: number | null;
  respondAsync: boolean;
}

/** Reads `Prefer` (RFC 7240): `wait=N` in seconds, `respond-async`. What it does not know it ignores, as the RFC asks. */
export function readPrefer(header: string | string[] | undefined): Preference {
  const tokens = [header ?? []]
    .flat()
    .join(',')
    .split(/[,;]/)
    .map(token => token.trim().toLowerCase());
  let waitMs: number | null = null;
  for (const token of tokens) {
    const seconds = /^wait\s*=\s*"?(\d{1,9})"?$/.exec(token)?.[1];
    if (seconds !== undefined && waitMs === null && Number(seconds) >= 1)
      waitMs = Math.min(maxWaitS, Number(seconds)) * 1_000;
  }
  return { waitMs, respondAsync: tokens.includes('respond-async') };
}

/** The wait as it was honoured, for `Preference-Applied`. */
export function appliedWait(waitMs: number): Record<string, string> {
  return { 'preference-applied': `wait=${waitMs / 1_000}` };
}
