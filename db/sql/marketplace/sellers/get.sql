-- No row: this user has never begun to sell.
select user_id, stripe_account_id, account_key_seq, default_currency, details_submitted, transfers_active, onboarded_at
from marketplace.sellers
where user_id = ${userId};
