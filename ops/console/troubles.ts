import { noteGroups } from '../actions/failures.ts';
import type { FailureGroup } from '../snapshots/failures.ts';
import type { KindSnapshot, QueuesSnapshot } from '../snapshots/queues.ts';
import { type Sight, staleS } from './live.ts';
import { count, duration } from './words.ts';

/** Something that is wrong, in words, and where one acts. */
export interface Trouble {
  /** `bad`: work fails or stands still. `warn`: it may soon, or somebody has held it on purpose. */
  tone: 'bad' | 'warn';
  what: string;
  /** What it means, or what was last said of it. */
  detail: string;
  since: Date | null;
  href: string;
}

/** Without a disagreement between rows and broker: the workers do not keep up. */
const slowAfterS = 300;
const relayPatienceS = 30;
/** A few are tried again all the time. */
const manyRetrying = 5;
const maxGroups = 5;
const recentMs = 86_400_000;
const lostShownMs = 3_600_000;

const meaning: Record<string, string> = {
  Database: 'Nothing is accepted, and nothing is done.',
  Broker: 'Work is still accepted; it waits, for workers are handed none.',
  'File store': 'Uploads, invoices and exports fail or are tried again.',
  Stripe: 'Transfers, refunds and payouts are tried again.',
  Mail: 'Mails are tried again.',
};
const placeOf: Record<string, string> = {
  Broker: '/queues',
  'File store': '/failures',
  Stripe: '/transfers',
  Mail: '/failures',
};

/** Everything that is wrong, the worst first. Empty: all is well, as far as anybody can see. */
export function troublesOf(sight: Sight, now: Date = new Date()): Trouble[] {
  const { queues } = sight;
  const troubles = [
    ...troublesOfConsole(sight),
    ...troublesOfHealth(sight),
    ...troublesOfTicker(sight, now),
    ...(queues && queues.ageS <= staleS ? troublesOfWork(queues.body, now) : []),
    ...troublesOfFailures(sight, now),
    ...troublesForPeople(sight),
  ];
  return [...troubles.filter(({ tone }) => tone === 'bad'), ...troubles.filter(({ tone }) => tone === 'warn')];
}

function troublesOfConsole({ blind }: Sight): Trouble[] {
  if (!blind) return [];
  const detail = `What you see is as old as that. ${blind.problem}`;
  return [{ tone: 'bad', what: 'The console cannot read the database', detail, since: blind.since, href: '/' }];
}

function troublesOfHealth({ health, queues }: Sight): Trouble[] {
  const away = (health?.checks ?? []).flatMap(({ name, problem, since }): Trouble[] =>
    problem === null
      ? []
      : [
          {
            tone: 'bad',
            what: `${name} does not answer`,
            detail: `${meaning[name] ?? ''} ${problem}`.trim(),
            since,
            href: placeOf[name] ?? '/',
          },
        ],
  );
  const unheard = queues && queues.ageS <= staleS ? queues.body.broker.problem : null;
  if (unheard === null || away.some(({ what }) => what.startsWith('Broker'))) return away;
  const detail = `${meaning['Broker']} ${unheard}`;
  return [...away, { tone: 'bad', what: 'The ticker cannot reach the broker', detail, since: null, href: '/queues' }];
}

function troublesOfTicker({ queues }: Sight, now: Date): Trouble[] {
  const still = 'Retries, schedules and rescues stand still: start a ticker.';
  const href = '/#ticker';
  if (!queues) return [{ tone: 'bad', what: 'No ticker has ever led', detail: still, since: null, href }];
  if (queues.ageS > staleS) {
    const detail = `${still} The figures below are as old.`;
    return [{ tone: 'bad', what: 'No ticker leads', detail, since: before(now, queues.ageS), href }];
  }
  return queues.body.loops
    .filter(({ error }) => error !== null)
    .map(({ name, error }) => ({
      tone: 'bad',
      what: `The ticker’s loop “${name}” fails`,
      detail: error ?? '',
      since: null,
      href,
    }));
}

function troublesOfWork({ kinds, workers, relayLagS, broker, capped }: QueuesSnapshot, now: Date): Trouble[] {
  const troubles: Trouble[] = [];
  const waiting = kinds.reduce((sum, { ready }) => sum + ready, 0);
  const nobodyWorks = !workers.some(({ alive }) => alive);
  if (nobodyWorks)
    troubles.push({
      tone: 'bad',
      what: 'No worker is alive',
      detail:
        waiting === 0
          ? 'Nothing waits yet.'
          : `${capped ? 'At least ' : ''}${count(waiting)} jobs wait: start workers.`,
      since: newest(workers.map(({ seenAt }) => seenAt)),
      href: '/#workers',
    });
  // Of what lies below them, a missing broker and missing workers say enough.
  else if (broker.problem === null) {
    for (const kind of kinds) troubles.push(...troublesOfKind(kind, now));
    if (relayLagS > relayPatienceS)
      troubles.push({
        tone: 'warn',
        what: 'The relay is behind',
        detail: `The oldest due job has waited ${duration(relayLagS * 1_000)} for its message.`,
        since: before(now, relayLagS),
        href: '/queues',
      });
  }
  const paused = kinds.filter(kind => kind.paused);
  if (paused.length > 1 && paused.length === kinds.length)
    troubles.push({
      tone: 'warn',
      what: 'Every kind is paused',
      detail: waitingText(waiting),
      since: null,
      href: '/queues',
    });
  else
    for (const { kind, ready } of paused)
      troubles.push({
        tone: 'warn',
        what: `${kind} is paused`,
        detail: waitingText(ready),
        since: null,
        href: `/queues/${kind}`,
      });
  for (const { name, lost, alive, stopped, seenAt } of workers) {
    if (alive || stopped || now.getTime() - Date.parse(seenAt) > lostShownMs) continue;
    const [what, detail] = lost
      ? [`The worker ${name} was lost`, 'Its jobs were given to others.']
      : [`The worker ${name} is not heard of`, 'Its jobs are given to others once its lease has run out.'];
    troubles.push({ tone: 'warn', what, detail, since: new Date(seenAt), href: '/#workers' });
  }
  return troubles;
}

function troublesOfKind(row: KindSnapshot, now: Date): Trouble[] {
  const { kind, ready, oldestS, paused, disagreement, succeededPerS } = row;
  const since = ready === 0 ? null : before(now, oldestS);
  const href = `/queues/${kind}`;
  const waits = ready === 0 ? '' : `${count(ready)} ready, the oldest for ${duration(oldestS * 1_000)}.`;
  if (disagreement !== null) return [{ tone: 'bad', what: `${kind}: ${disagreement}`, detail: waits, since, href }];
  if (paused || ready === 0 || oldestS < slowAfterS) return [];
  const pace = succeededPerS === 0 ? 'None was done within the last minute.' : `The workers do not keep up.`;
  return [{ tone: 'warn', what: `${kind}: work waits too long`, detail: `${waits} ${pace}`, since, href }];
}

function troublesOfFailures({ failures, notes }: Sight, now: Date): Trouble[] {
  const groups = noteGroups(failures?.body.groups ?? [], notes, now).filter(
    ({ failed, retrying, silencedUntil }) => (failed > 0 || retrying >= manyRetrying) && silencedUntil === null,
  );
  const isRecent = ({ lastAt }: FailureGroup) => now.getTime() - Date.parse(lastAt) < recentMs;
  const recent = groups.filter(isRecent);
  const shown = recent.slice(0, maxGroups).map((group): Trouble => {
    const { kind, code, failed, retrying, message, firstAt, owners, anOwner } = group;
    const tried = retrying > 0 ? `${count(retrying)} ${retrying === 1 ? 'is' : 'are'} tried again` : '';
    return {
      tone: failed > 0 ? 'bad' : 'warn',
      what:
        failed > 0
          ? `${kind}: ${count(failed)} failed with ${code}${tried && `, ${tried}`}`
          : `${kind}: ${tried} after ${code}`,
      detail: `For ${owners === 1 ? anOwner : `${count(owners)} owners`}. ${message}`,
      since: new Date(firstAt),
      href: `/failures/${encodeURIComponent(kind)}/${encodeURIComponent(code)}`,
    };
  });
  const more = recent.length - shown.length;
  const old = groups.length - recent.length;
  const rest = (tone: Trouble['tone'], what: string): Trouble => ({
    tone,
    what,
    detail: 'Redrive them, or silence them with a note.',
    since: null,
    href: '/failures',
  });
  return [
    ...shown,
    ...(more > 0 ? [rest('bad', `${count(more)} more ${more === 1 ? 'group' : 'groups'} of failures today`)] : []),
    ...(old > 0
      ? [rest('warn', `${count(old)} older ${old === 1 ? 'group' : 'groups'} of failures not taken up`)]
      : []),
  ];
}

function troublesForPeople({ queues, bulks }: Sight): Trouble[] {
  const open = queues?.body.openAlerts ?? 0;
  const alerts: Trouble[] =
    open === 0
      ? []
      : [
          {
            tone: 'bad',
            what: open === 1 ? 'An alert is open' : `${count(open)} alerts are open`,
            detail: 'The system met what only a person can decide.',
            since: null,
            href: '/alerts',
          },
        ];
  const proposed = bulks.filter(({ state }) => state === 'proposed');
  return [
    ...alerts,
    ...proposed.map(
      ({ id, total, createdBy, createdAt, reason }): Trouble => ({
        tone: 'warn',
        what: `${createdBy} asks to redrive ${count(total)} jobs`,
        detail: `They move money, so a second operator must approve. “${reason}”`,
        since: createdAt,
        href: `/bulk/${id}`,
      }),
    ),
  ];
}

function waitingText(ready: number): string {
  return ready === 0 ? 'Nothing waits.' : `${count(ready)} ${ready === 1 ? 'job waits' : 'jobs wait'}.`;
}

function before(now: Date, seconds: number): Date {
  return new Date(now.getTime() - seconds * 1_000);
}

function newest(times: readonly string[]): Date | null {
  const last = times.toSorted().at(-1);
  return last === undefined ? null : new Date(last);
}
