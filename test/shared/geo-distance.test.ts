import assert from 'node:assert/strict';
import fc from 'fast-check';
import { distanceMeters, type Place } from '../../shared/geo-distance.ts';

const place: fc.Arbitrary<Place> = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});
const halfWayRound = Math.PI * 6_371_008.8;
const about = (actual: number, expected: number, within: number) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} ± ${within}`);

/** Another way to the same number: by the chord through the earth. */
function byChord(from: Place, to: Place): number {
  const vector = ({ latitude, longitude }: Place) => {
    const [phi, lambda] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)] as const;
  };
  const [a, b] = [vector(from), vector(to)];
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, chord / 2));
}

describe('shared/geo-distance', () => {
  it('knows how far cities lie apart', () => {
    const [paris, london] = [
      { latitude: 48.8566, longitude: 2.3522 },
      { latitude: 51.5074, longitude: -0.1278 },
    ];
    about(distanceMeters(paris, london), 343_560, 1_000);
    const [sydney, santiago] = [
      { latitude: -33.8688, longitude: 151.2093 },
      { latitude: -33.4489, longitude: -70.6693 },
    ];
    about(distanceMeters(sydney, santiago), 11_340_000, 30_000);
  });

  it('is exact to the centimetre for places a few metres apart', () => {
    const hub = { latitude: 40.7128, longitude: -74.006 };
    // A degree of latitude is 111,195 m on this sphere.
    about(distanceMeters(hub, { ...hub, latitude: 40.7128 + 5 / 111_195.08 }), 5, 0.01);
    about(
      distanceMeters(hub, { ...hub, longitude: -74.006 + 5 / (111_195.08 * Math.cos((40.7128 * Math.PI) / 180)) }),
      5,
      0.01,
    );
  });

  it('crosses the date line the short way, and finds every longitude at a pole', () => {
    about(distanceMeters({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 }), 22_239, 1);
    about(distanceMeters({ latitude: 90, longitude: 0 }, { latitude: 90, longitude: 123 }), 0, 0.001);
  });

  it('is the same there and back, and never more than half way round', () => {
    fc.assert(
      fc.property(place, place, (from, to) => {
        const there = distanceMeters(from, to);
        assert.ok(there >= 0 && there <= halfWayRound + 0.001);
        about(distanceMeters(to, from), there, 0.001);
      }),
    );
  });

  it('agrees with the chord through the earth', () => {
    // Rounding weighs most where the two are at opposite ends.
    fc.assert(fc.property(place, place, (from, to) => about(distanceMeters(from, to), byChord(from, to), 1)));
  });

  it('finds no shorter way by a detour', () => {
    fc.assert(
      fc.property(place, place, place, (from, over, to) => {
        assert.ok(distanceMeters(from, to) <= distanceMeters(from, over) + distanceMeters(over, to) + 1);
      }),
    );
  });
});
