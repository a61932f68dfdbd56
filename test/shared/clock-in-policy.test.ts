import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  clockInModeOf,
  clockInModes,
  type ClockInPolicy,
  decideClockIn,
  decideClockOut,
  isLate,
  type Presence,
} from '../../shared/clock-in-policy.ts';

const center = { latitude: 40.7128, longitude: -74.006 };
const degreesOfMeter = 1 / 111_195.08;
/** A position so many metres north of the hub. */
const off = (meters: number, accuracyMeters: number | null = 10) => ({
  latitude: center.latitude + meters * degreesOfMeter,
  longitude: center.longitude,
  accuracyMeters,
});
const policy: ClockInPolicy = { mode: 'EITHER', nfcTagId: 'tag', center, radiusMeters: 150, overrideAllowed: true };
const nothing: Presence = { nfcTagId: null, position: null, overrideReason: null };

const anyPolicy = fc.record({
  mode: fc.constantFrom(...clockInModes),
  nfcTagId: fc.constantFrom('tag', null),
  center: fc.constantFrom(center, null),
  radiusMeters: fc.integer({ min: 10, max: 2_000 }),
  overrideAllowed: fc.boolean(),
});
const accuracy = fc.option(fc.integer({ min: 0, max: 5_000 }));
const anyPresence = fc.record({
  nfcTagId: fc.constantFrom('tag', 'another', null),
  position: fc.option(
    fc.tuple(fc.integer({ min: 0, max: 5_000 }), accuracy).map(([meters, error]) => off(meters, error)),
  ),
  overrideReason: fc.constantFrom('The road is closed', null),
});

describe('shared/clock-in-policy', () => {
  it("goes by the shift's mode, else its hub's, else either", () => {
    assert.equal(clockInModeOf('NFC_REQUIRED', 'GEO_REQUIRED'), 'NFC_REQUIRED');
    assert.equal(clockInModeOf(null, 'GEO_REQUIRED'), 'GEO_REQUIRED');
    assert.equal(clockInModeOf(null, null), 'EITHER');
  });

  it('refuses a tag that is not the hub’s, in every mode, whatever else is shown', () => {
    fc.assert(
      fc.property(anyPolicy, anyPresence, (asked, shown) => {
        const wrong = shown.nfcTagId !== null && shown.nfcTagId !== asked.nfcTagId;
        for (const decision of [decideClockIn(asked, shown), decideClockOut(asked, shown)])
          assert.equal(!decision.admitted && decision.why === 'NFC_MISMATCH', wrong);
      }),
    );
  });

  it('admits by a tag only with the tag, by a position only inside the fence, and by a reason only where that is allowed', () => {
    fc.assert(
      fc.property(anyPolicy, anyPresence, (asked, shown) => {
        const decision = decideClockIn(asked, shown);
        if (!decision.admitted) return;
        const { method, distanceMeters } = decision;
        if (method === 'NFC') assert.ok(shown.nfcTagId === 'tag' && asked.mode !== 'GEO_REQUIRED');
        else assert.ok(shown.position && asked.mode !== 'NFC_REQUIRED');
        if (method === 'GEO') assert.ok(distanceMeters !== null && distanceMeters <= asked.radiusMeters);
        if (method === 'OVERRIDE') assert.ok(asked.overrideAllowed && shown.overrideReason !== null);
      }),
    );
  });

  it('takes no reason where there is no fence to be outside of', () => {
    const reason = { ...nothing, overrideReason: 'No phone' };
    assert.equal(refusalOf({ ...policy, mode: 'NFC_REQUIRED' }, reason), 'NFC_REQUIRED');
    assert.equal(refusalOf({ ...policy, mode: 'NFC_REQUIRED' }, { ...reason, position: off(0) }), 'NFC_REQUIRED');
    assert.equal(refusalOf({ ...policy, mode: 'GEO_REQUIRED' }, { ...reason, nfcTagId: 'tag' }), 'GEO_REQUIRED');
    assert.equal(refusalOf(policy, reason), 'NFC_OR_GEO_REQUIRED');
  });

  it('never admits a worker worse for being nearer, or for knowing better where they are', () => {
    const distance = fc.integer({ min: 0, max: 3_000 });
    const error = fc.integer({ min: 0, max: 3_000 });
    fc.assert(
      fc.property(anyPolicy, fc.tuple(distance, distance), fc.tuple(error, error), (asked, distances, errors) => {
        const [near, far] = distances.toSorted((a, b) => a - b) as [number, number];
        const [sharp, dull] = errors.toSorted((a, b) => a - b) as [number, number];
        const shown = (meters: number, accuracyMeters: number) => ({
          ...nothing,
          position: off(meters, accuracyMeters),
        });
        if (decideClockIn(asked, shown(far, dull)).admitted)
          assert.ok(decideClockIn(asked, shown(near, sharp)).admitted);
      }),
    );
  });

  it('widens the fence by no inaccuracy, and believes no position that says nothing', () => {
    assert.equal(methodOf(policy, { ...nothing, position: off(149, 20) }), 'GEO');
    assert.equal(refusalOf(policy, { ...nothing, position: off(152, 140) }), 'OUTSIDE_GEOFENCE');
    assert.equal(refusalOf(policy, { ...nothing, position: off(0, 151) }), 'OUTSIDE_GEOFENCE');
    assert.equal(methodOf({ ...policy, radiusMeters: 10 }, { ...nothing, position: off(5, 60) }), 'GEO');
    assert.equal(methodOf(policy, { ...nothing, position: off(0, null) }), 'GEO');
  });

  it('tells the distance of whoever is outside, and lets them in for a reason where the tenant does', () => {
    const shown = { ...nothing, position: off(1_000), overrideReason: 'The gate is on the other side' };
    const decision = decideClockIn(policy, shown);
    assert.equal(decision.admitted && decision.method, 'OVERRIDE');
    assert.equal(Math.round(decision.distanceMeters ?? 0), 1_000);
    assert.equal(refusalOf({ ...policy, overrideAllowed: false }, shown), 'OUTSIDE_GEOFENCE');
    assert.equal(refusalOf({ ...policy, center: null }, { ...nothing, position: off(0) }), 'OUTSIDE_GEOFENCE');
  });

  it('lets everybody out who shows nothing, and judges what is shown', () => {
    assert.deepEqual(decideClockOut({ ...policy, mode: 'NFC_REQUIRED' }, nothing), {
      admitted: true,
      method: null,
      distanceMeters: null,
    });
    const out = decideClockOut({ ...policy, mode: 'NFC_REQUIRED' }, { ...nothing, position: off(10) });
    assert.equal(out.admitted && out.method, 'GEO');
    assert.equal(decideClockOut(policy, { ...nothing, position: off(400) }).admitted, false);
  });

  it('calls late who comes more than five minutes after the start', () => {
    const startsAt = new Date('2026-03-02T08:00:00Z');
    assert.equal(isLate(new Date('2026-03-02T08:05:00Z'), startsAt), false);
    assert.equal(isLate(new Date('2026-03-02T08:05:01Z'), startsAt), true);
  });
});

function methodOf(asked: ClockInPolicy, shown: Presence): string | null {
  const decision = decideClockIn(asked, shown);
  return decision.admitted ? decision.method : null;
}

function refusalOf(asked: ClockInPolicy, shown: Presence): string | null {
  const decision = decideClockIn(asked, shown);
  return decision.admitted ? null : decision.why;
}
