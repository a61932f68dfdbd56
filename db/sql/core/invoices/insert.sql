-- Always one row; a second invoice about the same thing breaks the unique key.
insert into core.invoices (id, area, owner, kind, subject, issuer, series, year, number, label, document)
values (${id}, ${area}, ${owner}, ${kind}, ${subject}, ${issuer}, ${series}, ${year}, ${number}, ${label}, ${document}::jsonb)
returning id;
