import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { callApi } from './api.ts';
import type { DemoFile } from './demo-file.ts';
import { fieldChanges } from './field-records.ts';
import { pollApi } from './poll-api.ts';

type FieldDemo = DemoFile['fieldservice'];

const people = {
  manager: { email: 'carlos@millrace.example', name: 'Carlos' },
  employee: { email: 'ana@millrace.example', name: 'Ana' },
  second: { email: 'bo@millrace.example', name: 'Bo' },
} as const;
const tenantName = 'AG Home Organizer';
/** A token of the real provider lives a minute; these last until the next start, as a rule. */
const tokenLifetimeS = 7 * 86_400;

const tokenSchema = z.object({ token: z.string() });
const tenantsSchema = z.object({ tenants: z.array(z.object({ id: z.uuid(), name: z.string() })) });
const tenantSchema = z.object({ id: z.uuid() });
const mailsSchema = z.object({ mails: z.array(z.object({ to: z.array(z.string()), text: z.string() })) });

/** What the demo file says before it is made. */
export const noField: FieldDemo = {
  tenantId: '',
  manager: { email: people.manager.email, token: '' },
  employee: { email: people.employee.email, token: '' },
};

/**
 * The home-services demo, made through its HTTP API: a company with a manager and two employees, who accept their invites by
 * the mails that came, clients, tasks and finance entries. Made once; answers the demo file's part, with fresh tokens.
 */
export async function seedField({
  edge,
  clerk,
  outbox,
}: Pick<DemoFile, 'edge' | 'clerk' | 'outbox'>): Promise<FieldDemo> {
  const manager = await signIn(clerk, people.manager);
  const employee = await signIn(clerk, people.employee);
  const second = await signIn(clerk, people.second);
  const tenantId = (await findTenant(edge, manager.token)) ?? (await fill(edge, outbox, manager, [employee, second]));
  return { tenantId, manager, employee };
}

type SignedIn = FieldDemo['manager'];

async function signIn(clerk: string, person: { email: string; name: string }): Promise<SignedIn> {
  await callApi('POST', `${clerk}/_sandbox/users`, { body: person });
  const asked = { email: person.email, lifetimeS: tokenLifetimeS };
  const { token } = tokenSchema.parse((await callApi('POST', `${clerk}/_sandbox/tokens`, { body: asked })).data);
  return { email: person.email, token };
}

async function findTenant(edge: string, token: string): Promise<string | undefined> {
  const { tenants } = tenantsSchema.parse((await callApi('GET', `${edge}/v1/tenants`, { token })).data);
  return tenants.find(({ name }) => name === tenantName)?.id;
}

async function fill(
  edge: string,
  outbox: string,
  { token }: SignedIn,
  employees: readonly SignedIn[],
): Promise<string> {
  const { id } = tenantSchema.parse(
    (await callApi('POST', `${edge}/v1/tenants`, { token, body: { name: tenantName } })).data,
  );
  const headers = { 'x-tenant-id': id };
  const employeeIds = employees.map(() => randomUUID());
  const clientTime = new Date().toISOString();
  const changes = fieldChanges(employeeIds, new Date());
  const body = { deviceId: randomUUID(), clientTime, changes };
  await callApi('POST', `${edge}/v1/sync/push`, { token, headers, body });
  for (const [index, { email }] of employees.entries()) {
    const invite = { email, role: 'employee', employeeId: employeeIds[index] };
    await callApi('POST', `${edge}/v1/tenants/${id}/invite`, { token, headers, body: invite });
  }
  for (const { email, token: invited } of employees) {
    const inviteToken = await readInvite(outbox, email);
    await callApi('POST', `${edge}/v1/invites/${inviteToken}/accept`, { token: invited });
  }
  return id;
}

/** The token that the mail to somebody names. */
async function readInvite(outbox: string, email: string): Promise<string> {
  const read = async () => {
    const { mails } = mailsSchema.parse((await callApi('GET', `${outbox}/mails.json`)).data);
    // 32 bytes in base64url.
    return mails
      .filter(({ to }) => to.includes(email))
      .map(({ text }) => /(?<![\w-])[\w-]{43}(?![\w-])/.exec(text)?.[0])
      .find(found => found !== undefined);
  };
  const token = await pollApi(read, found => found !== undefined, 20_000);
  if (token === undefined) throw new Error(`no invite came for ${email}`);
  return token;
}
