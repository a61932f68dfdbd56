import { randomUUID } from 'node:crypto';
import type { Database } from '../../../db/connect.ts';
import { pushChanges } from '../../../db/fieldservice/push-changes.ts';
import { pullRecords, restampForMember } from '../../../db/fieldservice/records.ts';
import { pulledChange } from '../../../edge/fieldservice/pulled-change.ts';
import { type FieldChange, readChange } from '../../../shared/field-change.ts';
import type { FieldPayload } from '../../../shared/field-records.ts';

/** A small world to sync: few records and few values, so that devices meet. */
export interface World {
  db: Database;
  tenantId: string;
  /** Below 1; the story's own. */
  random: () => number;
  ids: { clients: string[]; tasks: string[]; entries: string[]; employees: string[] };
  /** Every change that a device has sent at least once, by its digest. */
  sent: Map<string, FieldChange>;
  log: string[];
}

export const pick = <Item>(random: () => number, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

class LostReply extends Error {}

/** An app on a phone: what it knows, what it has not sent yet, and how far it has pulled. */
export class Device {
  readonly id = randomUUID();
  readonly world: World;
  readonly userId: string;
  role: 'manager' | 'employee';
  employeeId: string | null;
  /** What pulls have told, by record. */
  readonly known = new Map<string, FieldPayload>();
  cursor: string | null = null;
  /** Changes as sent, the oldest first. */
  outbox: Record<string, unknown>[] = [];
  #edits = 0;

  constructor(world: World, userId: string, role: 'manager' | 'employee', employeeId: string | null) {
    this.world = world;
    this.userId = userId;
    this.role = role;
    this.employeeId = employeeId;
  }

  /** Makes a change offline. */
  edit(): void {
    const { random, ids } = this.world;
    const shared = [...ids.clients, ...ids.tasks, ...ids.entries, ...ids.employees];
    const entityId = pick(random, this.role === 'manager' ? shared : [...ids.tasks, pick(random, shared)]);
    this.#edits += 1;
    // Clocks that are years off, in both directions.
    const clientUpdatedAt = new Date(Date.UTC(2016 + Math.floor(random() * 20), 0, 1, 0, 0, this.#edits)).toISOString();
    const isEntry = ids.entries.includes(entityId);
    const [entity, payload] = ids.clients.includes(entityId)
      ? ['client', { name: this.#word(), ...(random() < 0.5 ? { email: this.#word() } : { phone: null }) }]
      : ids.employees.includes(entityId)
        ? ['employee', { name: this.#word(), hourlyRate: Math.floor(random() * 50), currency: 'USD' }]
        : isEntry
          ? ['finance_entry', this.#entry()]
          : ['task', this.#task()];
    const isDelete = random() < 0.15;
    const change = { entity, entityId, clientUpdatedAt };
    this.outbox.push(isDelete ? { op: 'delete', ...change } : { op: 'upsert', ...change, payload });
  }

  /** Sends the beginning of the outbox. A lost reply leaves it there; a lost request has changed nothing besides. */
  async push(): Promise<void> {
    const { random, db, tenantId, sent, log } = this.world;
    const batch = this.outbox.slice(0, 1 + Math.floor(random() * this.outbox.length));
    const changes = batch.map(raw => {
      const read = readChange(this.id, raw);
      if (!('change' in read)) throw new Error(`the model makes no such change: ${read.rejected.reason}`);
      return read.change;
    });
    const fate = random();
    for (const change of changes) sent.set(change.digest, change);
    const { userId, role, employeeId } = this;
    const actor = { userId, displayName: role, email: null, role };
    const push = { tenantId, deviceId: this.id, actor, viewer: { role, employeeId } };
    try {
      const answer = await db.tx(async tx => {
        const told = await pushChanges(tx, push, changes);
        if (fate < 0.15) throw new LostReply('before the commit');
        return told;
      });
      log.push(`${this.role} pushed ${changes.length}: ${answer.applied.length} in, ${answer.rejected.length} refused`);
      if (answer.applied.length + answer.rejected.length !== changes.length) throw new Error('a change has no answer');
      if (fate < 0.3) return;
      this.outbox = this.outbox.slice(batch.length);
    } catch (error) {
      if (!(error instanceof LostReply)) throw error;
    }
  }

  /** Pulls a page, which may be lost on its way. Answers whether there is more. */
  async pull(isLossy = true): Promise<boolean> {
    const { random, db, tenantId, log } = this.world;
    const limit = 1 + Math.floor(random() * 4);
    const found = await pullRecords(db, { tenantId, userId: this.userId }, { since: this.cursor, limit: limit + 1 });
    if (!found) throw new Error('a member was told that they are none');
    const page = found.changes.slice(0, limit);
    const hasMore = found.changes.length > limit;
    if (isLossy && random() < 0.2) return true;
    for (const row of page) {
      const change = pulledChange(row, found.viewer);
      if (change.op === 'delete') this.known.delete(change.entityId);
      else {
        this.known.set(change.entityId, change.payload);
        checkSight(change.entity, change.entityId, change.payload, found.viewer);
      }
    }
    const next = hasMore ? page[page.length - 1]?.changedAt : found.newest;
    if (next === undefined || (this.cursor !== null && next < this.cursor)) throw new Error('a cursor went back');
    this.cursor = next;
    log.push(`${this.role} pulled ${page.length}, at ${next}`);
    return hasMore;
  }

  /** The person becomes another employee, or a manager. */
  async move(to: { employeeId: string } | 'manager'): Promise<void> {
    const { db, tenantId, log } = this.world;
    const { employeeId: old } = this;
    const [role, employeeId] = to === 'manager' ? (['manager', old] as const) : (['employee', to.employeeId] as const);
    await db.tx(async tx => {
      await tx.none(
        `update fieldservice.memberships set role = $3, employee_id = $4, former_employee_ids = former_employee_ids || $5::uuid[]
        where tenant_id = $1 and user_id = $2`,
        [tenantId, this.userId, role, employeeId, old === null || old === employeeId ? [] : [old]],
      );
      const employeeIds = [old, employeeId].filter(id => id !== null);
      await restampForMember(tx, tenantId, { employeeIds, everything: to === 'manager' });
    });
    this.role = role;
    this.employeeId = employeeId;
    log.push(`moved to ${role} ${employeeId}`);
  }

  #word(): string {
    return `${this.id.slice(0, 4)}-${this.#edits}`;
  }

  #task() {
    const { random, ids } = this.world;
    if (this.role === 'employee') return { status: pick(random, ['completed', 'inProgress']) };
    const assignedEmployeeId = pick(random, ids.employees);
    return { title: this.#word(), date: '2026-12-01', status: 'scheduled', assignedEmployeeId };
  }

  #entry() {
    const { random, ids } = this.world;
    return {
      title: this.#word(),
      amount: Math.floor(random() * 100_000) / 100,
      type: 'payable',
      dueDate: '2026-12-31',
      status: 'pending',
      currency: 'USD',
      kind: pick(random, ['payrollEmployee', 'payrollEmployee', 'general']),
      employeeId: pick(random, [...ids.employees, null]),
    };
  }
}

/** Throws if somebody was shown what is not theirs. */
function checkSight(
  entity: string,
  id: string,
  payload: FieldPayload,
  viewer: { role: string; employeeId: string | null },
): void {
  if (viewer.role === 'manager') return;
  const isOwn = payload['kind'] === 'payrollEmployee' && payload['employeeId'] === viewer.employeeId;
  if (entity === 'finance_entry' && !isOwn) throw new Error('an employee was shown an entry that is not theirs');
  if (entity === 'employee' && id !== viewer.employeeId && 'hourlyRate' in payload)
    throw new Error("an employee was shown a colleague's pay");
}
