const meanings: Record<number, string> = {
  200: 'Done',
  201: 'Made',
  202: 'Accepted: the work is done later',
  204: 'Done, with nothing to say',
  303: 'Elsewhere',
  503: 'Not at present',
};

/** For answers that don't say themselves what they mean. */
export function statusMeaning(status: number): string {
  return meanings[status] ?? (status < 400 ? 'Done' : 'Refused');
}
