import { createUser, type User } from '../../db/marketplace/users.ts';
import { transact, type TransactDeps } from '../../db/transact.ts';
import { Fault } from '../../shared/fault.ts';
import { hashPassword } from '../../shared/password.ts';
import { z } from 'zod';
import { leaveTrace, type Operator } from './operator.ts';

// As the marketplace's own registration asks for.
const accountSchema = z.strictObject({
  username: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,49}$/, '3 to 50 letters, digits, dots, underscores and hyphens'),
  email: z.email().max(254),
  password: z.string().min(10, 'at least 10 characters').max(200),
});
export type NewAccount = z.infer<typeof accountSchema>;

/** Makes an administrator of the marketplace. Faults: `invalid`; `conflict` if the name or the address is taken. */
export async function createMarketplaceAdmin(
  deps: TransactDeps,
  account: NewAccount,
  operator: Operator,
): Promise<User> {
  const checked = accountSchema.safeParse(account);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new Fault('invalid', `${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { username, email, password } = checked.data;
  const passwordHash = await hashPassword(password);
  return transact(deps, async tx => {
    const user = await createUser(tx, { username, email, passwordHash, role: 'admin' });
    if (!user) throw new Fault('conflict', 'The username or the e-mail address is taken.');
    await leaveTrace(tx, operator, { action: 'user.create-admin', subject: user.id, details: { username, email } });
    return user;
  });
}
