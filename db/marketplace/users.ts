import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

export type MarketplaceRole = 'user' | 'admin';

export interface User {
  id: string;
  username: string;
  email: string;
  role: MarketplaceRole;
  createdAt: Date;
}

const insertSql = sql('marketplace/users/insert');
const findByEmailSql = sql('marketplace/users/find-by-email');
const getSql = sql('marketplace/users/get');

/** Makes an account; null if the username or the address is taken, whatever its case. `passwordHash` is from `hashPassword`. */
export function createUser(
  db: Connection,
  user: { username: string; email: string; passwordHash: string; role?: MarketplaceRole },
): Promise<User | null> {
  return db.oneOrNone<User>(insertSql({ role: 'user', ...user, id: uuidV7() }));
}

/** Ignores case. The only reader of password hashes. */
export function findUserByEmail(db: Connection, email: string): Promise<(User & { passwordHash: string }) | null> {
  return db.oneOrNone(findByEmailSql({ email }));
}

export function getUser(db: Connection, id: string): Promise<User | null> {
  return db.oneOrNone<User>(getSql({ id }));
}
