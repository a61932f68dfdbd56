/** What all reads of staff have in common. */
export const staffRead = { roles: ['workforce:staff'], idempotency: 'none' } as const;

/** What all commands of staff have in common. */
export const staffCommand = { roles: ['workforce:staff'], idempotency: 'required', limitPerMinute: 60 } as const;
