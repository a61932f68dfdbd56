-- No row for an id: the provider has a transfer that we don't.
update marketplace.transfers
set compared_at = ${at}
where provider_transfer_id = any(${providerTransferIds}::text[])
returning id, provider_transfer_id, amount_cents, currency, destination, status, call;
