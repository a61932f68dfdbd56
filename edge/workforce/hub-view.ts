import { z } from 'zod';
import type { HubFields, HubRow } from '../../db/workforce/hubs.ts';
import { clockInModes } from '../../shared/clock-in-policy.ts';
import { Fault } from '../../shared/fault.ts';
import { wallClock } from '../../shared/recurrence.ts';

const name = z.string().trim().min(1).max(200);
const timeZone = z.string().max(60).refine(isTimeZone, 'must be an IANA time zone, as in America/New_York');
const otherFields = {
  address: z.string().trim().max(500).optional(),
  latitude: z.number().min(-90).max(90).nullable().optional(),
  longitude: z.number().min(-180).max(180).nullable().optional(),
  costCenterId: z.uuid().nullable().optional(),
  clockInMode: z.enum(clockInModes).optional().describe('`EITHER` unless told'),
  radiusMeters: z.int().min(10).max(100_000).optional().describe('Of the fence around the hub; 150 unless told'),
};

export const newHubSchema = z.strictObject({ name, timeZone, ...otherFields });
export const hubChangeSchema = z
  .strictObject({ name: name.optional(), timeZone: timeZone.optional(), ...otherFields })
  .refine(change => Object.keys(change).length > 0, 'must change something');

export const hubSchema = z.strictObject({
  hubId: z.uuid(),
  name: z.string(),
  address: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  timeZone: z.string(),
  costCenterId: z.uuid().nullable(),
  clockInMode: z.enum(clockInModes),
  radiusMeters: z.int(),
  nfcTagId: z.string().nullable().describe('Of the tag that hangs there'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** The fields as a body makes them: what it leaves out stays as before. Throws `Fault('invalid')` for half a position. */
export function changeHubFields(
  body: z.output<typeof newHubSchema> | z.output<typeof hubChangeSchema>,
  before: HubFields = blankHub,
): HubFields {
  const sent = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const after: HubFields = { ...before, ...sent };
  if ((after.latitude === null) === (after.longitude === null)) return after;
  const path = after.latitude === null ? 'latitude' : 'longitude';
  const message = 'latitude and longitude go together';
  throw new Fault('invalid', `Invalid body: ${path}: ${message}`, {
    details: { issues: [{ in: 'body', path, message }] },
  });
}

const blankHub: HubFields = {
  name: '',
  address: '',
  latitude: null,
  longitude: null,
  timeZone: 'UTC',
  costCenterId: null,
  clockInMode: 'EITHER',
  radiusMeters: 150,
};

export function viewHub(hub: HubRow): z.output<typeof hubSchema> {
  return {
    hubId: hub.id,
    name: hub.name,
    address: hub.address,
    latitude: hub.latitude,
    longitude: hub.longitude,
    timeZone: hub.timeZone,
    costCenterId: hub.costCenterId,
    clockInMode: hub.clockInMode,
    radiusMeters: hub.radiusMeters,
    nfcTagId: hub.nfcTagId,
    createdAt: hub.createdAt.toISOString(),
    updatedAt: hub.updatedAt.toISOString(),
  };
}

/** A named one: `+02:00`, which some runtimes take too, knows no clock changes, and Postgres reads its sign the other way. */
function isTimeZone(text: string): boolean {
  try {
    wallClock(text);
    return /^[A-Za-z]/.test(text);
  } catch {
    return false;
  }
}
