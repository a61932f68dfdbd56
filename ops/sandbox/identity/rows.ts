import type { KeyRing, SigningKey } from '../key-ring.ts';
import type { Store } from '../store.ts';
import type { Faults } from './faults.ts';
import type { PhoneCodes } from './phone-codes.ts';

/** Times are Unix milliseconds, but for `validSince`. */
export interface User {
  uid: string;
  /** In lower case. */
  email: string | null;
  /** Argon2id. */
  passwordHash: string | null;
  /** E.164. */
  phoneNumber: string | null;
  displayName: string;
  disabled: boolean;
  /** The code that this number is always sent; null: a new one each time. */
  fixedCode: string | null;
  /** Unix seconds: refresh tokens of an earlier sign-in are void. */
  validSince: number;
  createdAt: number;
  lastSignInAt: number | null;
}

export interface Rows {
  users: User;
  keys: SigningKey;
  /** `refresh` signs refresh tokens. */
  secrets: { secret: string };
}

/** Everything that an answer depends on. */
export interface World {
  store: Store<Rows>;
  keys: KeyRing;
  codes: PhoneCodes;
  faults: Faults;
  projectId: string;
  issuer: string;
  nowMs: () => number;
}
