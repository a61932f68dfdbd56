import type { ClockInMode } from '../../shared/clock-in-policy.ts';
import { Fault } from '../../shared/fault.ts';
import { uuidV7 } from '../../shared/uuid.ts';
import { brokenConstraint, type Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

export interface HubFields {
  name: string;
  address: string;
  /** Both or neither. */
  latitude: number | null;
  longitude: number | null;
  /** IANA. */
  timeZone: string;
  costCenterId: string | null;
  clockInMode: ClockInMode;
  radiusMeters: number;
}

export interface HubRow extends HubFields {
  id: string;
  nfcTagId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A hub, and whose it is. */
export interface OwnedHub {
  tenantId: string;
  businessId: string;
  hubId: string;
}

const shareSql = sql('workforce/hubs/share');
const lockSql = sql('workforce/hubs/lock');
const insertSql = sql('workforce/hubs/insert');
const updateSql = sql('workforce/hubs/update');
const inUseSql = sql('workforce/hubs/in-use');
const deleteSql = sql('workforce/hubs/delete');
const setNfcTagSql = sql('workforce/hubs/set-nfc-tag');
const insertManagerSql = sql('workforce/hub-managers/insert');
const findColleagueSql = sql('workforce/hub-managers/find-colleague');

/** A hub that something is ordered for: until the transaction ends, nobody deletes or moves it. Null if the business has no such hub. */
export function shareHub(
  tx: Transaction,
  owned: OwnedHub,
): Promise<{ id: string; timeZone: string; askedAt: Date } | null> {
  return tx.oneOrNone(shareSql({ ...owned }));
}

/** Holds a hub. Throws `Fault('not_found')`. */
export async function lockHub(tx: Transaction, owned: OwnedHub): Promise<HubRow> {
  const hub = await tx.oneOrNone<HubRow>(lockSql({ ...owned }));
  if (!hub) throw noSuchHub();
  return hub;
}

/** Throws `Fault`: `not_found` for a cost center of others, `invalid` for a time zone that the database doesn't know. */
export async function insertHub(tx: Transaction, owner: Omit<OwnedHub, 'hubId'>, fields: HubFields): Promise<HubRow> {
  return orNoCostCenter(await inKnownTimeZone(tx.oneOrNone<HubRow>(insertSql({ ...owner, ...fields, id: uuidV7() }))));
}

/** As for a new one; `conflict` for another time zone while orders use the hub, since their shifts lie by its clock. */
export async function changeHub(
  tx: Transaction,
  owned: OwnedHub,
  change: (before: HubFields) => HubFields,
): Promise<HubRow> {
  const before = await lockHub(tx, owned);
  const after = change(before);
  if (after.timeZone !== before.timeZone && (await isHubInUse(tx, owned)))
    throw new Fault('conflict', 'Orders use the hub: its time zone stays.', { reason: 'HUB_TIME_ZONE_BLOCKED' });
  const { hubId: id, ...owner } = owned;
  const { name, address, latitude, longitude, timeZone, costCenterId, clockInMode, radiusMeters } = after;
  const fields = { name, address, latitude, longitude, timeZone, costCenterId, clockInMode, radiusMeters };
  return orNoCostCenter(await inKnownTimeZone(tx.oneOrNone<HubRow>(updateSql({ ...owner, id, ...fields }))));
}

/** Throws `Fault`: `not_found`, `conflict` while orders use it. */
export async function deleteHub(tx: Transaction, owned: OwnedHub): Promise<void> {
  await lockHub(tx, owned);
  if (await isHubInUse(tx, owned))
    throw new Fault('conflict', 'Orders that are not over use the hub.', { reason: 'HUB_DELETE_BLOCKED' });
  await tx.one(deleteSql({ ...owned }));
}

/** Throws `Fault`: `not_found`, `conflict` for a tag that hangs at another hub. */
export async function setNfcTag(tx: Transaction, owned: OwnedHub, nfcTagId: string): Promise<HubRow> {
  try {
    const hub = await tx.oneOrNone<HubRow>(setNfcTagSql({ ...owned, nfcTagId }));
    if (!hub) throw noSuchHub();
    return hub;
  } catch (error) {
    if (brokenConstraint(error) !== 'hubs_nfc') throw error;
    throw new Fault('conflict', 'This tag hangs at another hub.', { reason: 'NFC_TAG_IN_USE', cause: error });
  }
}

/** Makes a colleague a manager of the hub, once. Throws `Fault('not_found')` for a hub of others, or somebody who doesn't act for the business. */
export async function addHubManager(
  tx: Transaction,
  owned: OwnedHub,
  userId: string,
): Promise<{ id: string; displayName: string; email: string | null }> {
  const { tenantId, businessId, hubId } = owned;
  if (!(await shareHub(tx, owned))) throw noSuchHub();
  const colleague = await tx.oneOrNone<{ id: string; displayName: string; email: string | null }>(
    findColleagueSql({ tenantId, businessId, userId }),
  );
  if (!colleague) throw new Fault('not_found', 'Nobody of your business has this id.', { reason: 'USER_NOT_FOUND' });
  await tx.oneOrNone(insertManagerSql({ hubId, userId }));
  return colleague;
}

async function isHubInUse(tx: Transaction, owned: OwnedHub): Promise<boolean> {
  return (await tx.one<{ inUse: boolean }>(inUseSql({ ...owned }))).inUse;
}

/** Our calendar knows the zone; the database's must know it too, which the reports go by. */
async function inKnownTimeZone<Row>(written: Promise<Row>): Promise<Row> {
  try {
    return await written;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== '22023') throw error;
    throw new Fault('invalid', 'There is no such time zone.', { reason: 'INVALID_TIME_ZONE', cause: error });
  }
}

function orNoCostCenter(hub: HubRow | null): HubRow {
  if (hub) return hub;
  throw new Fault('not_found', 'There is no such cost center.', { reason: 'COST_CENTER_NOT_FOUND' });
}

export function noSuchHub(): Fault {
  return new Fault('not_found', 'There is no such hub.', { reason: 'HUB_NOT_FOUND' });
}
