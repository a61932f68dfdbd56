/** What somebody is in a tenant. */
export const memberRoles = ['manager', 'employee'] as const;
export type MemberRole = (typeof memberRoles)[number];
