/** A point on the earth, in degrees: latitude −90 to 90, longitude −180 to 180. */
export interface Place {
  latitude: number;
  longitude: number;
}

/** Mean radius (IUGG). */
const earthRadiusMeters = 6_371_008.8;

/**
 * How far two places are from each other on the ground, in metres: the great circle's arc by the haversine formula, which
 * stays exact for places close together. The earth's flattening makes it wrong by half a percent at most.
 */
export function distanceMeters(from: Place, to: Place): number {
  const haversine =
    haversineOf(to.latitude - from.latitude) +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * haversineOf(to.longitude - from.longitude);
  // Rounding may bring opposite ends of the earth above 1.
  return 2 * earthRadiusMeters * Math.asin(Math.min(1, Math.sqrt(haversine)));
}

function haversineOf(degrees: number): number {
  return Math.sin(radians(degrees) / 2) ** 2;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
