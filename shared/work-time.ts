/** A worker's presence, and what was planned of it. */
export interface WorkedTime {
  clockInAt: Date;
  clockOutAt: Date;
  /** Of the role, as planned. */
  startsAt: Date;
  endsAt: Date;
  lunchBreakMinutes: number;
  paidBreak: boolean;
}

/** What an hour costs the client, pays the worker, and would cost on the market; in cents. */
export interface HourlyRates {
  rateCents: number;
  payRateCents: number;
  marketRateCents: number;
}

export interface WorkValue {
  /** For the client. */
  amountCents: number;
  /** For the worker. */
  payCents: number;
  /** Against the market; negative where that is cheaper. */
  savingCents: number;
}

const minuteMs = 60_000;

/** What is worked past the planned end counts for this long: a clock-out that was forgotten must not bill for days. */
const maxOverrunMs = 4 * 60 * minuteMs;

/**
 * The minutes of a presence that are paid, rounded half-up: from the planned start (who comes early waits), to the
 * clock-out, at most four hours past the planned end. An unpaid break lies in the middle of the planned time, and takes
 * away what of the presence falls into it: so nobody gets less for having stayed longer.
 */
export function payableMinutes(time: WorkedTime): number {
  const startMs = time.startsAt.getTime();
  const endMs = time.endsAt.getTime();
  const fromMs = Math.max(time.clockInAt.getTime(), startMs);
  const toMs = Math.min(time.clockOutAt.getTime(), endMs + maxOverrunMs);
  const workedMs = Math.max(0, toMs - fromMs);
  if (time.paidBreak) return minutesOf(workedMs);
  const breakMs = Math.min(time.lunchBreakMinutes * minuteMs, endMs - startMs);
  const breakFromMs = (startMs + endMs - breakMs) / 2;
  const missedMs = Math.max(0, Math.min(toMs, breakFromMs + breakMs) - Math.max(fromMs, breakFromMs));
  return minutesOf(workedMs - missedMs);
}

/** What so many minutes come to at an hourly rate, rounded half-up to the cent. Throws `RangeError` unless both are whole and ≥ 0. */
export function amountOfMinutes(minutes: number, hourlyRateCents: number): number {
  const product = minutes * hourlyRateCents;
  if (!Number.isSafeInteger(minutes) || !Number.isSafeInteger(product) || minutes < 0 || product < 0)
    throw new RangeError(`not whole minutes and cents: ${minutes}, ${hourlyRateCents}`);
  // The division is exact in its remainder, whatever a double makes of a sixtieth.
  const rest = product % 60;
  return (product - rest) / 60 + (rest >= 30 ? 1 : 0);
}

/** What paid minutes are worth to each side. */
export function valueOfMinutes(minutes: number, rates: HourlyRates): WorkValue {
  const amountCents = amountOfMinutes(minutes, rates.rateCents);
  return {
    amountCents,
    payCents: amountOfMinutes(minutes, rates.payRateCents),
    savingCents: amountOfMinutes(minutes, rates.marketRateCents) - amountCents,
  };
}

function minutesOf(ms: number): number {
  return Math.floor(ms / minuteMs + 0.5);
}
