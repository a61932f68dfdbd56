import { randomInt, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { callApi } from '../demo-data/api.ts';
import type { DemoFile } from '../demo-data/demo-file.ts';
import { sentCode } from '../demo-data/sent-code.ts';

const envelopeSchema = z.object({ sessionToken: z.string(), tenant: z.object({ tenantId: z.uuid() }) });
const startedSchema = z.object({ sessionInfo: z.string() });

export const itemsOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item) });

/** Somebody who is signed in at the staffing gateway. */
export interface StaffingUser {
  token: string;
  tenantId: string;
}

/** What the staffing demo's people do over HTTP. */
export class StaffingScene {
  readonly demo: DemoFile;
  readonly #outDir: string;

  constructor(demo: DemoFile, outDir: string) {
    this.demo = demo;
    this.#outDir = outDir;
  }

  async get<Shape extends z.ZodType>(path: string, who: StaffingUser, shape: Shape): Promise<z.output<Shape>> {
    const headers = { prefer: 'wait=10' };
    return shape.parse((await callApi('GET', this.#url(path), { token: who.token, headers })).data);
  }

  /** Rejects unless the status is one of `expected`: 200, 201, 202 unless told. */
  async send<Shape extends z.ZodType>(
    path: string,
    who: StaffingUser,
    body: unknown,
    shape: Shape,
    expected?: readonly number[],
  ): Promise<z.output<Shape>> {
    const headers = { 'idempotency-key': randomUUID() };
    return shape.parse((await callApi('POST', this.#url(path), { token: who.token, body, headers }, expected)).data);
  }

  async signInClient(): Promise<StaffingUser> {
    const { email, password } = this.demo.workforce.client;
    const { data } = await callApi('POST', this.#url('/auth/client/sign-in'), { body: { email, password } });
    return userOf(data);
  }

  /** A worker whom nobody knows yet, on the staff of a tenant, with a phone of their own. */
  async signUpWorker(tenantId: string, fullName: string): Promise<StaffingUser> {
    const phoneNumber = `+1555${randomInt(1_000_000, 9_999_999)}`;
    const started = await callApi('POST', this.#url('/auth/staff/phone/start'), { body: { phoneNumber } });
    const { sessionInfo } = startedSchema.parse(started.data);
    const code = await sentCode(this.demo.identity, phoneNumber);
    const body = { sessionInfo, code, tenantId };
    const worker = userOf((await callApi('POST', this.#url('/auth/staff/phone/verify'), { body })).data);
    const profile = {
      fullName,
      phone: phoneNumber,
      preferredLocations: [],
      industries: ['Hospitality'],
      skills: ['Server'],
    };
    await this.send('/staff/profile/setup', worker, profile, z.object({}));
    return worker;
  }

  /** Saves what a path answers; the file's path and size. */
  async save(path: string, who: StaffingUser, filename: string): Promise<{ file: string; bytes: Buffer }> {
    const response = await fetch(this.#url(path), { headers: { authorization: `Bearer ${who.token}` } });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${bytes.toString()}`);
    const file = join(this.#outDir, filename);
    await writeFile(file, bytes);
    return { file, bytes };
  }

  #url(path: string): string {
    return `${this.demo.edge}${path}`;
  }
}

function userOf(data: unknown): StaffingUser {
  const { sessionToken: token, tenant } = envelopeSchema.parse(data);
  return { token, tenantId: tenant.tenantId };
}
