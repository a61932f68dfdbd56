import { z } from 'zod';
import { type MemberRow, memberRoles } from '../../db/fieldservice/memberships.ts';

export const memberSchema = z.object({
  userId: z.uuid(),
  name: z.string().describe('Empty for somebody whose session token carries none'),
  email: z.string().nullable(),
  role: z.enum(memberRoles),
  employeeId: z.guid().nullable().describe('The employee record that they are'),
  joinedAt: z.iso.datetime(),
});

export function viewMember({ displayName, ...member }: MemberRow): z.output<typeof memberSchema> {
  const { userId, email, role, employeeId, joinedAt } = member;
  return { userId, name: displayName, email, role, employeeId, joinedAt };
}
