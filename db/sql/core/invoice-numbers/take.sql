-- Always one row. Its row lock makes the issuer's other numbers of the year wait until this transaction has ended.
insert into core.invoice_numbers as numbers (issuer, series, year, last_number)
values (${issuer}, ${series}, extract(year from now() at time zone 'utc')::smallint, 1)
on conflict (issuer, series, year) do update set last_number = numbers.last_number + 1
returning year, last_number as number, (now() at time zone 'utc')::date::text as issued_on;
