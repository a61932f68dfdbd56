import { seedField, seedStaffing } from '../fuzz/seed.ts';
import { unlimitedSurfaces } from '../fuzz/world.ts';
import { serveEdge } from '../support/edge.ts';
import { fieldOn, fieldSettings } from '../support/field.ts';
import { marketOn, marketSettings } from '../support/market.ts';
import { startOutside } from '../support/outside.ts';
import { staffingOn, staffingSettings } from '../support/staffing.ts';
import { type Cast, fieldCast, jobsCast, marketCast, staffingCasts } from './authorisation-casts.ts';
import { fieldIdsOf, type Ids, jobIdsOf, marketIdsOf, staffingIdsOf } from './authorisation-ids.ts';

export interface AuthorisationScene {
  url: string;
  /** Every role's cast, by the surface or the role. */
  casts: Record<string, Cast>;
  /** What paths are filled with: parameter, or last word before `:id`, to something of the right one's, by surface. */
  ids: Record<string, Ids>;
  stop(): Promise<void>;
}

/** Every surface, with people of every kind. */
export async function openAuthorisationScene(): Promise<AuthorisationScene> {
  const outside = await startOutside();
  const env = { ...marketSettings(outside), ...staffingSettings(outside), ...fieldSettings(outside) };
  const served = await serveEdge({ surfaces: unlimitedSurfaces(), ports: outside.ports, env });
  const [market, staffing, field] = [marketOn(served, outside), staffingOn(served, outside), fieldOn(served, outside)];
  outside.hyperswitch.setWebhookUrl(`${served.url}/api/v1/webhooks/hyperswitch`);

  const owner = await market.join();
  const users = await marketCast(market, 'user', owner);
  const admins = await marketCast(market, 'admin', await market.join('admin'));
  const [here, there] = [await seedStaffing(staffing), await seedStaffing(staffing)];
  const colleagues = await staffingCasts(staffing, here, there);
  const [ours, theirs] = [await seedField(field), await seedField(field)];
  const members = await fieldCast(field, ours, theirs);
  const key = await served.key();
  const services = await jobsCast(served, key, users, members);
  const staffed = { tenantId: here.tenant.id, client: here.clients[0], worker: here.workers[0]! };
  return {
    url: served.url,
    casts: {
      'marketplace:user': users,
      'marketplace:admin': admins,
      ...colleagues,
      fieldservice: members,
      jobs: services,
    },
    ids: {
      marketplace: await marketIdsOf(market, owner),
      workforce: await staffingIdsOf(staffing, staffed),
      fieldservice: await fieldIdsOf(served, ours.manager),
      jobs: await jobIdsOf(served, key),
    },
    async stop() {
      await served.stop();
      await outside.stop();
    },
  };
}
