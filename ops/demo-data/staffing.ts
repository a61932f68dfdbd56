import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/connect.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { addFavoriteStaff } from '../../db/workforce/favorite-staff.ts';
import { billDemoWeeks, firstDemoDay } from '../../db/workforce/demo-invoices.ts';
import { placeDemoOrders } from '../../db/workforce/demo-orders.ts';
import { addDemoPaper, type DemoPaper } from '../../db/workforce/demo-papers.ts';
import { cancelDemoOrder, workDemoShifts } from '../../db/workforce/demo-shifts.ts';
import { type DemoCast, findDemoTenant, makeDemoTenant } from '../../db/workforce/demo-tenant.ts';
import type { Config } from '../../shared/config.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { wallClock } from '../../shared/recurrence.ts';
import { seal } from '../../shared/secret-box.ts';
import type { DemoFile } from './demo-file.ts';
import { IdentityDesk } from './identity-desk.ts';
import { storeStaffingPapers } from './staffing-papers.ts';
import { staffingPeople } from './staffing-people.ts';
import { completeProfiles } from './staffing-profiles.ts';

export interface StaffingDeps extends TransactDeps {
  config: Pick<Config, 'encryptionKey'>;
  ports: Pick<Ports, 'files'>;
}

/**
 * The staffing demo: a company with a customer, its staff, who are registered with the identity provider's sandbox, seven weeks
 * of work behind them and two before them, papers in every state. Made once, in one transaction; `anew` makes it again, and what
 * was there before stays, without them. Answers the demo file's part, with fresh tokens.
 */
export async function seedStaffing(
  deps: StaffingDeps,
  { workforce, identity }: Pick<DemoFile, 'workforce' | 'identity'>,
  { anew = false, now = new Date() }: { anew?: boolean; now?: Date } = {},
): Promise<DemoFile['workforce']> {
  const isThere = !anew && (await findDemoTenant(deps.db)) !== null;
  const { owner, manager, reviewer, staff } = staffingPeople(workforce);
  const desk = await IdentityDesk.open(identity, { setPasswords: !isThere });
  const cast = {
    owner: await desk.keep(owner),
    manager: await desk.keep(manager),
    reviewer: await desk.keep(reviewer),
    staff: await inTurn(staff, person => desk.keep(person)),
  };
  // People whom the sandbox had forgotten are others now: those of the tenant are out of reach.
  if (!isThere || desk.added > 0) {
    const names = staff.map(person => person.displayName);
    const papers = await storeStaffingPapers(names, deps.ports.files);
    await transact(deps, tx => fillStaffing(tx, { cast, papers, secrets: deps.config.encryptionKey, now }));
  }
  const signedIn = await inTurn(workforce.staff, async listed => ({
    ...listed,
    token: await desk.signInByPhone(listed.phoneNumber),
  }));
  return { ...workforce, staff: signedIn };
}

async function fillStaffing(
  tx: Transaction,
  of: { cast: DemoCast; papers: readonly DemoPaper[]; secrets: readonly string[] | undefined; now: Date },
): Promise<void> {
  const { cast, papers, secrets, now } = of;
  const cause = { requestId: randomUUID() };
  const account = { sealed: seal('000123456789', 'workforce account number', secrets), last4: '6789' };
  const tenant = await makeDemoTenant(tx, cast, account);
  const { id: tenantId, businessId, hubs } = tenant;
  const today = wallClock(hubs.pavilion.timeZone).dayOf(now);
  const from = firstDemoDay(today);
  await placeDemoOrders(tx, tenant, { from, now });
  await workDemoShifts(tx, tenant, now);
  await cancelDemoOrder(tx, tenant, today, cause);
  await completeProfiles(tx, tenant, { today, secrets });
  for (const { staffId } of tenant.staff.slice(0, 3)) await addFavoriteStaff(tx, { tenantId, businessId, staffId });
  for (const paper of papers) await addDemoPaper(tx, tenant, paper, cause);
  await billDemoWeeks(tx, tenant, from, cause);
}

async function inTurn<Item, Answer>(items: readonly Item[], work: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const item of items) answers.push(await work(item));
  return answers;
}
