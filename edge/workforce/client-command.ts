/** What all commands of clients have in common; those of a whole tenant must act for a business too. */
export const clientCommand = {
  roles: ['workforce:client', 'workforce:admin'],
  idempotency: 'required',
  limitPerMinute: 60,
} as const;
