-- The sweep of stored files asks of each whether an export refers to it.
create index exports_file_key on marketplace.exports (file_key) where file_key is not null;
