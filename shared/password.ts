import { hash, verify } from '@node-rs/argon2';

// OWASP's smallest argon2id: 19 MiB, two passes, one lane. About 65 ms of a pool thread, none of the event loop.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The hash of 32 random bytes that nobody kept, at the same cost. */
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$YnrN/znOXS/V9UgFNtbt0g$zy01DWrP3az165wtBbizSgJxPa09szObusi3HBVZDYs';

/** Argon2id in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), cost);
}

/** Whether a password is the one behind `passwordHash`. Null for nobody: the answer is false, after the same work. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? nobodysHash, password.normalize('NFKC'));
  return matches && passwordHash !== null;
}
