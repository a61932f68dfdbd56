-- No row: nothing has changed, or the seller has another account.
update marketplace.sellers
set default_currency = coalesce(${defaultCurrency}, default_currency),
  details_submitted = ${detailsSubmitted},
  transfers_active = ${transfersActive},
  onboarded_at = case when ${transfersActive} then coalesce(onboarded_at, now()) else onboarded_at end,
  updated_at = now()
where user_id = ${userId}
  and stripe_account_id = ${accountId}
  and (coalesce(${defaultCurrency}, default_currency), ${detailsSubmitted}, ${transfersActive})
    is distinct from (default_currency, details_submitted, transfers_active)
returning user_id;
