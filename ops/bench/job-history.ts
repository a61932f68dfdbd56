import type { IBaseProtocol } from 'pg-promise';

export interface JobHistory {
  /** Ended, over the last 30 days. */
  finished: number;
  /** Waiting, accepted within the last hour. */
  pending: number;
  /** Of the finished ones, how many failed; of the pending ones, how many have failed once. */
  faultyShare: number;
}

const days = 30;
const rowsPerStatement = 100_000;
/** Kind and area, as often as it stands here among 32. */
const kinds = [
  ...Array.from({ length: 12 }, () => ['notification', 'core']),
  ...Array.from({ length: 5 }, () => ['invoice-pdf', 'core']),
  ...Array.from({ length: 5 }, () => ['payment-event', 'marketplace']),
  ...Array.from({ length: 4 }, () => ['transfer', 'marketplace']),
  ...Array.from({ length: 3 }, () => ['warranty-notice', 'marketplace']),
  ['verification', 'workforce'],
  ['export', 'marketplace'],
  ['shift-close', 'workforce'],
] as const;
const faults = [
  ['balance_insufficient', 'The balance does not cover it.'],
  ['unavailable', 'The provider did not answer in time.'],
  ['unavailable', 'The provider did not answer in time.'],
  ['mailbox_unknown', 'The address takes no mail.'],
  ['internal', 'Something went wrong on our side.'],
  ['unreadable', 'The document could not be read.'],
  ['timeout', 'It took longer than it may.'],
  ['unprocessable', 'The provider refused it.'],
] as const;

/**
 * Fills `core.jobs` of an empty database by SQL, the same rows each time: eight kinds, 5,000 owners of whom few have much and the
 * system a quarter, 200 tenants. A second ago the newest was accepted.
 */
export async function fillJobs(db: IBaseProtocol<object>, history: JobHistory): Promise<void> {
  const fill = async (part: string, rows: number, spanS: number, statement: string) => {
    for (let from = 0; from < rows; from += rowsPerStatement) {
      const to = Math.min(rows, from + rowsPerStatement);
      await db.none(statement, {
        part,
        from,
        to,
        rows,
        spanS,
        faultyAt: Math.round(history.faultyShare * 65_536),
        kinds: kinds.map(([kind]) => kind),
        areas: kinds.map(([, area]) => area),
        codes: faults.map(([code]) => code),
        messages: faults.map(([, message]) => message),
      });
    }
  };
  // Made in one go, indexes take a fraction of the time.
  const indexes = await db.any<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index where indrelid = 'core.jobs'::regclass and not indisprimary`,
  );
  for (const { name } of indexes) await db.none(`drop index ${name}`);
  await fill('finished-', history.finished, days * 86_400, finishedSql);
  await fill('pending-', history.pending, 3_600, pendingSql);
  for (const { definition } of indexes) await db.none(definition);
  await db.none('vacuum analyze core.jobs');
}

/** Made from the MD5 of the row's number, so that they look like chance and are the same in each bench. */
const rowsSql = `
with dealt as (
  select n, decode(md5(n::text), 'hex') as dice,
    now() - interval '1 s' - ($<rows> - 1 - n) * ($<spanS> / $<rows>::float8) * interval '1 s' as at
  from generate_series($<from>::integer, $<to>::integer - 1) n
), row as (
  select n, at, get_byte(dice, 0) % 32 + 1 as kind_no, get_byte(dice, 6) % 8 + 1 as fault_no,
    get_byte(dice, 4) * 256 + get_byte(dice, 5) < $<faultyAt> as is_faulty, get_byte(dice, 7) as spread,
    case when get_byte(dice, 1) < 64 then 'system'
      else 'marketplace/user-' || floor(5000 * power((get_byte(dice, 2) * 256 + get_byte(dice, 3)) / 65536.0, 2)) end as owner,
    case when get_byte(dice, 8) < 50 then 'tenant-' || get_byte(dice, 9) % 200 end as tenant,
    (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n || $<part>), 1, 3)
      || '8' || substr(md5(n || 'b'), 1, 15))::uuid as id
  from dealt
)`;
const sharedColumns = `id, kind, version, area, owner, tenant, max_attempts, payload, request_id, trace, created_at, idem_key,
  fingerprint, state, attempt, fault`;
const sharedValues = `id, ($<kinds>::text[])[kind_no], 1, ($<areas>::text[])[kind_no], owner, tenant, 5,
  jsonb_build_object('orderId', id, 'amountCents', spread * 100, 'currency', 'EUR', 'note', repeat('as ordered ', 6)), id, null, at,
  case when spread % 2 = 0 then $<part> || n end, case when spread % 2 = 0 then decode(md5(n || 'c'), 'hex') end`;
const faultValue = `jsonb_build_object('code', ($<codes>::text[])[fault_no], 'message', ($<messages>::text[])[fault_no])`;

const finishedSql = `${rowsSql}
insert into core.jobs (${sharedColumns}, claim_no, worker, result, started_at, finished_at)
select ${sharedValues}, case when is_faulty then 'failed' else 'succeeded' end, case when is_faulty then 5 else 1 end,
  case when is_faulty then ${faultValue} end, 1, gen_random_uuid(), case when not is_faulty then '{"sent": true, "bytes": 20480}'::jsonb end,
  at + spread * interval '2 ms', at + spread * interval '10 ms'
from row`;

/** Nine in ten are with the broker, the others are due, or wait for their next attempt. */
const pendingSql = `${rowsSql}
insert into core.jobs (${sharedColumns}, due_at, queued_at, unique_key)
select ${sharedValues}, case when is_faulty or spread < 26 then 'pending' else 'queued' end, case when is_faulty then 1 else 0 end,
  case when is_faulty then ${faultValue} end, case when is_faulty or spread < 26 then now() + (spread - 20) * interval '10 s' end,
  case when not is_faulty and spread >= 26 then at end, case when spread % 16 = 0 then 'only-' || n end
from row`;
