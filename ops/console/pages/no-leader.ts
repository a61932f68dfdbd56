import { html, type Markup } from '../../../shared/html.ts';
import { type Sight, staleS } from '../live.ts';
import { duration } from '../words.ts';

/** What to say when figures are old; nothing while a ticker leads. */
export function noLeader({ queues }: Sight): Markup | null {
  if (queues && queues.ageS <= staleS) return null;
  const since = queues ? `The figures are ${duration(queues.ageS * 1_000)} old.` : 'Nothing was seen yet.';
  return html`<p class="card problem" role="alert"><b>No ticker leads.</b> ${since} Retries, schedules and rescues stand still: start a ticker.</p>`;
}
