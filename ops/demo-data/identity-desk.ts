import { z } from 'zod';
import type { KnownIdentity } from '../../db/workforce/users.ts';
import { callApi } from './api.ts';
import type { DemoFile } from './demo-file.ts';
import { demoCode, type StaffingPerson } from './staffing-people.ts';

type IdentitySandbox = DemoFile['identity'];

const userSchema = z.object({ uid: z.string(), email: z.string().nullable(), phoneNumber: z.string().nullable() });
const stateSchema = z.object({ users: z.array(userSchema) });
const sessionSchema = z.object({ sessionInfo: z.string() });
const tokenSchema = z.object({ idToken: z.string() });

/** Registers people with the identity provider's sandbox. */
export class IdentityDesk {
  readonly #sandbox: IdentitySandbox;
  readonly #setPasswords: boolean;
  /** Address or number → id. */
  readonly #known: ReadonlyMap<string | null, string>;
  #added = 0;

  private constructor(sandbox: IdentitySandbox, setPasswords: boolean, users: z.infer<typeof userSchema>[]) {
    this.#sandbox = sandbox;
    this.#setPasswords = setPasswords;
    this.#known = new Map(
      users.flatMap(
        ({ uid, email, phoneNumber }) =>
          [
            [email, uid],
            [phoneNumber, uid],
          ] as const,
      ),
    );
  }

  /** @param setPasswords whether those who are registered already get their passwords anew. */
  static async open(sandbox: IdentitySandbox, { setPasswords }: { setPasswords: boolean }): Promise<IdentityDesk> {
    const { data } = await callApi('GET', `${sandbox.url}/_sandbox/state`);
    return new IdentityDesk(sandbox, setPasswords, stateSchema.parse(data).users);
  }

  /** How many were not registered before. */
  get added(): number {
    return this.#added;
  }

  /** Registers somebody, by their phone if they have one, unless they are. */
  async keep({ displayName, email, phone, password }: StaffingPerson): Promise<KnownIdentity> {
    const identityUid = this.#known.get(phone ?? email);
    if (identityUid === undefined) {
      const signsInBy = phone === null ? { email, password } : { phoneNumber: phone };
      const { uid } = userSchema.parse(await this.#post('/_sandbox/users', { displayName, ...signsInBy }));
      this.#added += 1;
      return { identityUid: uid, displayName, email, phone };
    }
    if (this.#setPasswords && password !== null) await this.#post(`/_sandbox/users/${identityUid}`, { password });
    return { identityUid, displayName, email, phone };
  }

  /** The token of somebody who signs in with a phone this moment. It is good for an hour. */
  async signInByPhone(phoneNumber: string): Promise<string> {
    const call = (name: string, body: object) => this.#post(`/v1/accounts:${name}?key=${this.#sandbox.apiKey}`, body);
    const { sessionInfo } = sessionSchema.parse(await call('sendVerificationCode', { phoneNumber }));
    return tokenSchema.parse(await call('signInWithPhoneNumber', { sessionInfo, code: demoCode })).idToken;
  }

  async #post(path: string, body: object): Promise<unknown> {
    return (await callApi('POST', `${this.#sandbox.url}${path}`, { body })).data;
  }
}
