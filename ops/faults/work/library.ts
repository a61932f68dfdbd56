import { randomUUID } from 'node:crypto';
import { addDays, utcDay } from '../../../shared/warranty.ts';
import { runSchedule } from '../../actions/schedules.ts';
import type { Work, WorkDeps } from '../work.ts';

/** A file, so that there is something to export, and gear whose warranty ends tomorrow. */
async function keep({ client, ledger, people, random, n }: WorkDeps): Promise<void> {
  const { token } = random.pick(people.buyers);
  const form = () => {
    const body = new FormData();
    body.set('file', new File([`piece ${n}\n`.repeat(200)], `piece-${n}.txt`, { type: 'text/plain' }));
    return body;
  };
  const fileKey = randomUUID();
  const file = await client.call('POST', '/api/v1/cloud/files', { token, form, key: fileKey, expected: [201] });
  ledger.accept('file', fileKey, file.body.data.file.id);
}

async function addGear({ client, ledger, people, random, n }: WorkDeps): Promise<void> {
  const { token } = random.pick(people.buyers);
  const key = randomUUID();
  const body = { name: `Sampler ${n}`, warranty_expires_at: addDays(utcDay(new Date()), 1) };
  const gear = await client.call('POST', '/api/v1/inventory/gear', { token, body, key, expected: [201] });
  ledger.accept('gear', key, gear.body.data.id);
}

/** Once a day by itself; here somebody wants it now. The relay publishes it. */
async function scanWarranties({ db }: WorkDeps): Promise<void> {
  await runSchedule({ db, dispatch: { send: () => {} } }, 'warranty-scan', { actor: 'faults' }).catch(() => {});
}

/** One a day and person: the day before is over. */
async function exportAll({ client, ledger, people, random, db }: WorkDeps): Promise<void> {
  const { token, id } = random.pick(people.buyers);
  await db
    .none("update marketplace.exports set created_at = created_at - interval '1 day' where user_id = $1", [id])
    .catch(() => {});
  const key = randomUUID();
  const call = { token, key, expected: [202, 409, 429] };
  const begun = await client.call('POST', '/api/v1/users/me/export', call);
  if (begun.status === 202) ledger.accept('export', key, begun.body.data.export.id);
}

export const libraryWork: readonly Work[] = [
  { name: 'file', share: 10, run: keep },
  { name: 'gear with a warranty', share: 8, everyMs: 500, run: addGear },
  { name: 'warranty scan', share: 5, everyMs: 5_000, run: scanWarranties },
  { name: 'export', share: 4, everyMs: 3_000, run: exportAll },
];
