import { z } from 'zod';
import { addDays, utcDay } from '../../shared/warranty.ts';
import type { DemoFile, Login } from '../demo-data/demo-file.ts';
import type { Checks } from './checks.ts';

/** Who is signed in, as far as the checks have come. */
export interface Session {
  token: string;
  userId: string;
  tenantId: string;
  businessId: string | null;
  /** Null until the profile is set up. */
  staffId: string | null;
}

export const envelopeSchema = z.object({
  sessionToken: z.string(),
  refreshToken: z.string().nullable(),
  expiresInSeconds: z.int().positive(),
  user: z.object({ id: z.uuid() }),
  tenant: z.object({ tenantId: z.uuid(), tenantName: z.string() }),
  business: z.object({ businessId: z.uuid() }).nullable(),
  staff: z.object({ staffId: z.uuid() }).nullable(),
});

export const listSchema = <Item extends z.ZodType>(item: Item, atLeast = 0) =>
  z.object({ items: z.array(item).min(atLeast), nextCursor: z.string().nullable() });

export const today = utcDay(new Date());
/** Almost the longest that may be asked for: however old the demo is, its work is in it. */
export const range = `startDate=${addDays(today, -345)}&endDate=${addDays(today, 14)}`;

/** What the areas share. */
export class Scene {
  readonly checks: Checks;
  readonly demo: DemoFile;
  readonly #sessions = new Map<string, Session>();

  constructor(checks: Checks, demo: DemoFile) {
    this.checks = checks;
    this.demo = demo;
  }

  /** `newcomer`: somebody who signed up for this run, and has a phone of their own. */
  session(who: 'client' | 'reviewer' | 'worker' | 'newcomer'): Session {
    const session = this.#sessions.get(who);
    if (!session) throw new Error(`${who} is not signed in`);
    return session;
  }

  keep(who: 'client' | 'reviewer' | 'worker' | 'newcomer', body: z.output<typeof envelopeSchema>): Session {
    const session = {
      token: body.sessionToken,
      userId: body.user.id,
      tenantId: body.tenant.tenantId,
      businessId: body.business?.businessId ?? null,
      staffId: body.staff?.staffId ?? null,
    };
    this.#sessions.set(who, session);
    return session;
  }

  async signIn(who: 'client' | 'reviewer', { email, password }: Login): Promise<Session> {
    const { body } = await this.checks.call('POST', '/auth/client/sign-in', {
      body: { email, password },
      shape: envelopeSchema,
      title: `POST /auth/client/sign-in  as ${who}`,
    });
    return this.keep(who, body);
  }
}

const vendorSchema = z.object({ vendorId: z.uuid() });
const roleSchema = z.object({ roleId: z.uuid() });

/** The id of a kind of work that can be ordered. */
export async function findRole(scene: Scene): Promise<string> {
  const { token } = scene.session('client');
  const first = async <Item extends z.ZodType>(path: string, item: Item): Promise<z.output<Item>> =>
    (await scene.checks.call('GET', path, { token, shape: listSchema(item, 1) })).body.items[0] as z.output<Item>;
  const { vendorId } = await first('/client/vendors', vendorSchema);
  return (await first(`/client/vendors/${vendorId}/roles`, roleSchema)).roleId;
}
