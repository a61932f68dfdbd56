import { randomBytes } from 'node:crypto';
import { hashPassword } from '../../../shared/password.ts';
import { IdentityRefusal } from './refusal.ts';
import type { User, World } from './rows.ts';

/** A user as an operator puts them there. */
export interface NewUser {
  email?: string | undefined;
  password?: string | undefined;
  /** E.164. */
  phoneNumber?: string | undefined;
  displayName?: string | undefined;
  uid?: string | undefined;
  /** What the number is always sent; 123456 unless given. */
  code?: string | undefined;
}

const minPasswordLength = 6;

/** Makes a user, with a number whose code is known beforehand. Refuses an address, number or id that is taken. */
export async function addUser(world: World, { password, uid, code, ...fields }: NewUser): Promise<User> {
  if (fields.phoneNumber !== undefined) checkPhoneNumber(fields.phoneNumber);
  const passwordHash = password === undefined ? null : await hashPassword(checkPassword(password));
  if (uid !== undefined && world.store.get('users', uid) !== undefined) throw new IdentityRefusal('DUPLICATE_LOCAL_ID');
  if (userByPhone(world, fields.phoneNumber) !== undefined) throw new IdentityRefusal('PHONE_NUMBER_EXISTS');
  const fixedCode = fields.phoneNumber === undefined ? null : (code ?? '123456');
  return makeUser(world, { ...fields, passwordHash, fixedCode, uid });
}

/** Puts a user on record. Refuses an address that is taken; the number is the caller's business. */
export function makeUser(
  world: World,
  given: {
    email?: string | undefined;
    passwordHash?: string | null;
    phoneNumber?: string | undefined;
    displayName?: string | undefined;
    fixedCode?: string | null;
    uid?: string | undefined;
  },
): User {
  const nowMs = world.nowMs();
  const user: User = {
    uid: given.uid ?? randomBytes(21).toString('base64url'),
    email: given.email === undefined ? null : checkEmail(world, given.email),
    passwordHash: given.passwordHash ?? null,
    phoneNumber: given.phoneNumber ?? null,
    displayName: given.displayName ?? '',
    disabled: false,
    fixedCode: given.fixedCode ?? null,
    validSince: Math.floor(nowMs / 1000),
    createdAt: nowMs,
    lastSignInAt: null,
  };
  return saveUser(world, user);
}

export function saveUser({ store }: World, user: User): User {
  store.put('users', user.uid, user);
  store.commit();
  return user;
}

export function userByEmail({ store }: World, email: string): User | undefined {
  const wanted = email.toLowerCase();
  return store.all('users').find(user => user.email === wanted);
}

export function userByPhone({ store }: World, phoneNumber: string | undefined): User | undefined {
  return phoneNumber === undefined ? undefined : store.all('users').find(user => user.phoneNumber === phoneNumber);
}

/** The address as it is kept. */
export function checkEmail(world: World, email: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new IdentityRefusal('INVALID_EMAIL');
  if (userByEmail(world, email) !== undefined) throw new IdentityRefusal('EMAIL_EXISTS');
  return email.toLowerCase();
}

export function checkPassword(password: string): string {
  if (password.length >= minPasswordLength) return password;
  throw new IdentityRefusal(`WEAK_PASSWORD : Password should be at least ${minPasswordLength} characters`);
}

export function checkPhoneNumber(phoneNumber: string | undefined): string {
  if (phoneNumber !== undefined && /^\+[1-9]\d{6,14}$/.test(phoneNumber)) return phoneNumber;
  throw new IdentityRefusal('INVALID_PHONE_NUMBER : Invalid format.');
}
