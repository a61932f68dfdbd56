import { loadSurfaces } from '../../edge/app.ts';
import { serveEdge, type ServedEdge } from '../support/edge.ts';
import { type Field, fieldOn, fieldSettings } from '../support/field.ts';
import { type Market, marketOn, marketSettings } from '../support/market.ts';
import { type Outside, startOutside } from '../support/outside.ts';
import { type Staffing, staffingOn, staffingSettings } from '../support/staffing.ts';
import { type FuzzActor, fieldActor, marketActor, serviceActor, workforceActor } from './actors.ts';
import type { Draft, FuzzedOperation } from './draft.ts';
import { seedField, seedMarket, seedStaffing } from './seed.ts';
import { liveSecret } from './signed-body.ts';
import { ValuePool } from './value-pool.ts';

/** A whole system with people in it: every surface of one edge, a worker, a database, every provider's sandbox. */
export interface FuzzWorld {
  url: string;
  served: ServedEdge;
  outside: Outside;
  pool: ValuePool;
  /** All whom a route's declaration admits. */
  fitActors(operation: FuzzedOperation): readonly FuzzActor[];
  /** Mostly one of those, at times anybody, or nobody: null. */
  chooseActor(operation: FuzzedOperation, draft: Pick<Draft, 'actor' | 'unfit'>): FuzzActor | null;
  stop(): Promise<void>;
}

/** `logLevel`: of the edge and its worker; what they log of an error tells its cause, which no answer does. */
export async function openWorld({ logLevel = 'silent' } = {}): Promise<FuzzWorld> {
  const outside = await startOutside({ settleAfterMs: 200, timeoutMs: 20_000 });
  const many = '100000000';
  const env = {
    ...marketSettings(outside),
    ...staffingSettings(outside),
    ...fieldSettings(outside),
    LIVE_HOOK_SECRET: liveSecret,
    // Limits would hide what lies behind them: requests come from many addresses, and may be many.
    REQUESTS_PER_MINUTE: many,
    SERVICE_REQUESTS_PER_MINUTE: many,
    TRUST_PROXY: 'true',
    LEASE_MS: '10000',
    LOG_LEVEL: logLevel,
  };
  const served = await serveEdge({ surfaces: unlimitedSurfaces(), ports: outside.ports, env });
  const [market, staffing, field] = [marketOn(served, outside), staffingOn(served, outside), fieldOn(served, outside)];
  outside.hyperswitch.setWebhookUrl(`${served.url}/api/v1/webhooks/hyperswitch`);
  const pool = new ValuePool();
  const actors = [
    await serviceActor(served, 'service', {}),
    await serviceActor(served, 'service for noop', { kinds: ['noop'] }),
    await serviceActor(served, 'operator', { operator: true }),
    ...(await marketActors(market)),
    ...(await workforceActors(staffing, pool)),
    ...(await fieldActors(field)),
  ];
  const fit = new Map<FuzzedOperation, readonly FuzzActor[]>();
  const fitActors = (operation: FuzzedOperation) => {
    const known = fit.get(operation);
    if (known) return known;
    const found = actors.filter(actor => isFit(actor, operation));
    fit.set(operation, found);
    return found;
  };
  return {
    url: served.url,
    served,
    outside,
    pool,
    fitActors,
    chooseActor(operation, { actor, unfit }) {
      const fitting = fitActors(operation);
      // Whoever has a token may post jobs; most that do are services.
      const usual = fitting.filter(({ surface }) => surface === operation.surface);
      const admitted = usual.length > 0 && unfit < 60 ? usual : fitting;
      const roles = operation.operation['x-roles'];
      if (roles === 'public' && unfit < 70) return null;
      if (unfit >= 88 && unfit <= 92) return null;
      const others = actors.filter(({ leaver }) => !leaver);
      return (unfit > 92 && unfit < 99 ? others[actor % others.length] : admitted[actor % admitted.length]) ?? null;
    },
    async stop() {
      await served.stop();
      await outside.stop();
    },
  };
}

/** The product's, without the limits that single routes declare. */
export function unlimitedSurfaces(): ReturnType<typeof loadSurfaces> {
  return loadSurfaces().map(surface => ({
    ...surface,
    routes: surface.routes.map(({ limitPerMinute, ...route }) =>
      limitPerMinute === 0 ? { ...route, limitPerMinute } : route,
    ),
  }));
}

function isFit(actor: FuzzActor, { surface, path, operation }: FuzzedOperation): boolean {
  // What ends a session takes those who have nothing else to do.
  if (/\/(sign-out|logout)$/.test(path)) {
    const mayLeave = actor.leaver && actor.surface === surface;
    return (
      mayLeave &&
      (typeof operation['x-roles'] === 'string' || operation['x-roles'].some(role => actor.roles.includes(role)))
    );
  }
  if (actor.leaver) return false;
  const roles = operation['x-roles'];
  if (typeof roles !== 'string') return roles.some(role => actor.roles.includes(role));
  return surface === 'jobs' || actor.surface === surface;
}

async function marketActors(market: Market): Promise<FuzzActor[]> {
  const { buyers, sellers, admin, leaver } = await seedMarket(market);
  return [
    ...buyers.map((person, index) => marketActor(market, `buyer ${index}`, person)),
    ...sellers.map((person, index) => marketActor(market, `seller ${index}`, person)),
    marketActor(market, 'admin', admin, { admin: true }),
    marketActor(market, 'leaver', leaver, { leaver: true }),
  ];
}

async function workforceActors(staffing: Staffing, pool: ValuePool): Promise<FuzzActor[]> {
  const { outside } = staffing;
  const actors: FuzzActor[] = [];
  for (const place of ['here', 'there']) {
    const { clients, workers, reviewer, admin, leavers, orders } = await seedStaffing(staffing);
    for (const [index, { userId }] of clients.entries())
      for (const [operation, body] of Object.entries(orders[userId] ?? {}))
        pool.keepBody(`client ${index} ${place}`, operation, body);
    actors.push(
      ...clients.map((person, index) =>
        workforceActor(outside, `client ${index} ${place}`, 'workforce:client', person),
      ),
      ...workers.map((person, index) => workforceActor(outside, `worker ${index} ${place}`, 'workforce:staff', person)),
      workforceActor(outside, `reviewer ${place}`, 'workforce:reviewer', reviewer),
      workforceActor(outside, `admin ${place}`, 'workforce:admin', admin),
      workforceActor(outside, `leaving client ${place}`, 'workforce:client', leavers.client, true),
      workforceActor(outside, `leaving worker ${place}`, 'workforce:staff', leavers.worker, true),
    );
  }
  return actors;
}

async function fieldActors(field: Field): Promise<FuzzActor[]> {
  const actors: FuzzActor[] = [];
  for (const place of ['here', 'there']) {
    const { manager, employees } = await seedField(field);
    actors.push(
      fieldActor(field, `manager ${place}`, 'manager', manager),
      ...employees.map((member, index) => fieldActor(field, `employee ${index} ${place}`, 'employee', member)),
    );
  }
  return actors;
}
