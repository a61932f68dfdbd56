-- No row: the key was given up before, or the account was made after all.
update marketplace.sellers
set account_key_seq = account_key_seq + 1, updated_at = now()
where user_id = ${userId} and account_key_seq = ${seq} and stripe_account_id is null
returning user_id;
