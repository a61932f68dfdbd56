-- No row: the range is empty. One row for each day, week or month that begins in the range or holds its first day, worked in or not.
select bucket.starts_on::date as starts_on, coalesce(sum(lines.minutes), 0) as minutes, coalesce(sum(lines.pay_cents), 0)::bigint as pay_cents
from generate_series(
  date_trunc(${bucket}, ${startDate}::date::timestamp), ${endDate}::date::timestamp, ('1 ' || ${bucket})::interval
) as bucket (starts_on)
left join workforce.time_card_lines lines on lines.tenant_id = ${tenantId} and lines.staff_id = ${staffId}
  and lines.work_date between ${startDate}::date and ${endDate}::date and date_trunc(${bucket}, lines.work_date::timestamp) = bucket.starts_on
group by bucket.starts_on
order by bucket.starts_on;
