import { uuidV7 } from '../../shared/uuid.ts';
import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { ItemKind } from './papers.ts';
import { addHubManager, type HubFields, type HubRow, insertHub, setNfcTag } from './hubs.ts';

/** Where the demo's staff work, as what, and what they are to bring. */
export interface DemoSites {
  /** The hall takes any proof of presence, the pavilion a position, the kitchen only its tag. */
  hubs: Record<'hall' | 'pavilion' | 'kitchen', HubRow>;
  /** The second has the helpers, the first all others. */
  vendorIds: readonly [string, string];
  roleIds: Record<'server' | 'cook' | 'bartender' | 'helper', string>;
  itemIds: Record<'identity' | 'permit' | 'shirt' | 'shoes', string>;
}

export const demoNfcTag = 'DEMO-BAYVIEW-KITCHEN';

const insertVendorsSql = sql('workforce/demo-tenant/insert-vendors');
const insertItemsSql = sql('workforce/demo-tenant/insert-items');

const hubFields: Record<keyof DemoSites['hubs'], Omit<HubFields, 'costCenterId' | 'radiusMeters'>> = {
  hall: {
    name: 'Harbor Hall',
    address: '1 Battery Place, New York, NY',
    latitude: 40.7048,
    longitude: -74.0169,
    timeZone: 'America/New_York',
    clockInMode: 'EITHER',
  },
  pavilion: {
    name: 'Lakeside Pavilion',
    address: '600 East Grand Avenue, Chicago, IL',
    latitude: 41.8919,
    longitude: -87.6051,
    timeZone: 'America/Chicago',
    clockInMode: 'GEO_REQUIRED',
  },
  kitchen: {
    name: 'Bayview Kitchen',
    address: '900 Innes Avenue, San Francisco, CA',
    latitude: 37.7326,
    longitude: -122.3744,
    timeZone: 'America/Los_Angeles',
    clockInMode: 'NFC_REQUIRED',
  },
};

/** Cents an hour. */
const roles = {
  server: { name: 'Server', vendor: 0, rateCents: 2_800 },
  cook: { name: 'Cook', vendor: 0, rateCents: 3_000 },
  bartender: { name: 'Bartender', vendor: 0, rateCents: 3_300 },
  helper: { name: 'Helper', vendor: 1, rateCents: 2_300 },
} as const;

const items = {
  identity: item('DOCUMENT', 'Government ID', 'A passport or an identity card, the page with the photo.'),
  permit: { ...item('DOCUMENT', 'Work permit', 'If you need one.'), required: false },
  shirt: item('ATTIRE', 'White shirt', 'Long sleeves, no print.'),
  shoes: item('ATTIRE', 'Black shoes', 'Closed, with soles that do not slip.'),
};

export async function insertDemoSites(
  tx: Transaction,
  of: {
    tenantId: string;
    businessId: string;
    costCenters: { events: string; kitchen: string };
    /** Looks after every hub. */
    managerId: string;
  },
): Promise<DemoSites> {
  const { tenantId, businessId, costCenters, managerId } = of;
  const addHub = async (name: keyof DemoSites['hubs']) => {
    const costCenterId = name === 'kitchen' ? costCenters.kitchen : costCenters.events;
    const hub = await insertHub(tx, { tenantId, businessId }, { ...hubFields[name], costCenterId, radiusMeters: 150 });
    await addHubManager(tx, { tenantId, businessId, hubId: hub.id }, managerId);
    return hub;
  };
  const hubs = { hall: await addHub('hall'), pavilion: await addHub('pavilion'), kitchen: await addHub('kitchen') };
  await setNfcTag(tx, { tenantId, businessId, hubId: hubs.kitchen.id }, demoNfcTag);

  const vendorIds = [uuidV7(), uuidV7()] as const;
  const roleIds = idsFor(roles);
  const roleRows = Object.values(roles);
  await tx.many(
    insertVendorsSql({
      tenantId,
      vendorIds,
      vendorNames: ['Legendary Event Staffing', 'Kitchen Hands Co.'],
      roleIds: Object.values(roleIds),
      roleVendorIds: roleRows.map(({ vendor }) => vendorIds[vendor]),
      roleNames: roleRows.map(({ name }) => name),
      rates: roleRows.map(({ rateCents }) => rateCents),
    }),
  );
  const itemIds = idsFor(items);
  const itemRows = Object.values(items);
  await tx.many(
    insertItemsSql({
      tenantId,
      ids: Object.values(itemIds),
      kinds: itemRows.map(({ kind }) => kind),
      codes: itemRows.map(({ name }) => name.toUpperCase().replaceAll(' ', '_')),
      names: itemRows.map(({ name }) => name),
      descriptions: itemRows.map(({ description }) => description),
      required: itemRows.map(({ required }) => required),
    }),
  );
  return { hubs, vendorIds, roleIds, itemIds };
}

function item(kind: ItemKind, name: string, description: string) {
  return { kind, name, description, required: true };
}

function idsFor<Name extends string>(named: Record<Name, unknown>): Record<Name, string> {
  return Object.fromEntries(Object.keys(named).map(name => [name, uuidV7()])) as Record<Name, string>;
}
