import { distanceMeters, type Place } from './geo-distance.ts';

/** How a worker shows that they are where they work. */
export const clockInModes = ['NFC_REQUIRED', 'GEO_REQUIRED', 'EITHER'] as const;
export type ClockInMode = (typeof clockInModes)[number];

export const clockInMethods = ['NFC', 'GEO', 'OVERRIDE'] as const;
export type ClockInMethod = (typeof clockInMethods)[number];

/** What is asked of those who clock in at one shift. */
export interface ClockInPolicy {
  mode: ClockInMode;
  /** Of the tag at the hub; null where none hangs. */
  nfcTagId: string | null;
  /** Of the hub; null where nobody has said where it lies. */
  center: Place | null;
  radiusMeters: number;
  /** Whether the tenant lets a worker outside the fence clock in with a reason. */
  overrideAllowed: boolean;
}

/** What the worker's device says. */
export interface Presence {
  nfcTagId: string | null;
  /** Accuracy: the device's own estimate of its error. */
  position: (Place & { accuracyMeters: number | null }) | null;
  overrideReason: string | null;
}

export type Refusal = 'NFC_MISMATCH' | 'NFC_REQUIRED' | 'GEO_REQUIRED' | 'NFC_OR_GEO_REQUIRED' | 'OUTSIDE_GEOFENCE';

/** Distance in metres from the hub; null without a position of both. A clock-out's method is null where nothing was shown. */
export type ClockDecision<Method = ClockInMethod> =
  | { admitted: true; method: Method; distanceMeters: number | null }
  | { admitted: false; why: Refusal; distanceMeters: number | null };

/** Clocking in is possible from so long before the start, until the end. */
export const clockInOpensBeforeMs = 60 * 60_000;
/** Who comes later than so long after the start is late. */
export const lateAfterMs = 5 * 60_000;
/** A position that may be this far off says as much as most phones can say indoors; a worse one, nothing about a small fence. */
const believedAccuracyMeters = 100;

/** The shift's own mode, else its hub's, else either. */
export function clockInModeOf(ofShift: ClockInMode | null, ofHub: ClockInMode | null): ClockInMode {
  return ofShift ?? ofHub ?? 'EITHER';
}

/**
 * Whether a worker may clock in. A tag that isn't the hub's is refused in every mode, whatever else is shown. Outside the
 * fence one needs the tenant's leave and a reason; who is at a hub without a position is outside, for nobody can tell.
 */
export function decideClockIn(policy: ClockInPolicy, { nfcTagId, position, overrideReason }: Presence): ClockDecision {
  const distance = position && policy.center && distanceMeters(position, policy.center);
  const refuse = (why: Refusal) => ({ admitted: false, why, distanceMeters: distance }) as const;
  const admit = (method: ClockInMethod) => ({ admitted: true, method, distanceMeters: distance }) as const;
  if (nfcTagId !== null && nfcTagId !== policy.nfcTagId) return refuse('NFC_MISMATCH');
  if (nfcTagId !== null && policy.mode !== 'GEO_REQUIRED') return admit('NFC');
  if (policy.mode === 'NFC_REQUIRED') return refuse('NFC_REQUIRED');
  if (!position) return refuse(policy.mode === 'GEO_REQUIRED' ? 'GEO_REQUIRED' : 'NFC_OR_GEO_REQUIRED');
  if (isInside(policy, distance, position.accuracyMeters)) return admit('GEO');
  return policy.overrideAllowed && overrideReason !== null ? admit('OVERRIDE') : refuse('OUTSIDE_GEOFENCE');
}

/**
 * Whether a worker may clock out: as above, except that any proof is as good as another, and that none is taken too, so
 * that nobody is locked into a session that they forgot to end at the hub. Its method is null then, for all to see.
 */
export function decideClockOut(policy: ClockInPolicy, presence: Presence): ClockDecision<ClockInMethod | null> {
  if (presence.nfcTagId === null && presence.position === null)
    return { admitted: true, method: null, distanceMeters: null };
  return decideClockIn({ ...policy, mode: 'EITHER' }, presence);
}

export function isLate(clockInAt: Date, startsAt: Date): boolean {
  return clockInAt.getTime() > startsAt.getTime() + lateAfterMs;
}

/** Inaccuracy never widens the fence: it is what the device says of itself. */
function isInside({ radiusMeters }: ClockInPolicy, distance: number | null, accuracyMeters: number | null): boolean {
  if (distance === null || distance > radiusMeters) return false;
  return accuracyMeters === null || accuracyMeters <= Math.max(radiusMeters, believedAccuracyMeters);
}
