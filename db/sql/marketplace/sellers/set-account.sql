-- No row: the seller has an account already.
update marketplace.sellers
set stripe_account_id = ${accountId}, updated_at = now()
where user_id = ${userId} and stripe_account_id is null
returning user_id;
