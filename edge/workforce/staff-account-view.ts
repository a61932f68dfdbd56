import { z } from 'zod';
import { accountTypes, type StaffAccountRow } from '../../db/workforce/accounts.ts';

const digits = (pattern: RegExp, message: string) =>
  z
    .string()
    .transform(text => text.replace(/[\s-]/g, ''))
    .pipe(z.string().regex(pattern, message));

export const staffAccountBody = z.strictObject({
  bankName: z.string().trim().min(1).max(200),
  accountNumber: digits(/^\d{4,17}$/, 'must be 4 to 17 digits').describe('Stored encrypted'),
  routingNumber: digits(/^\d{9}$/, 'must be 9 digits'),
  accountType: z
    .string()
    .transform(text => text.trim().toUpperCase())
    .pipe(z.enum(accountTypes))
    .describe('`CHECKING` or `SAVINGS`, in any case'),
  isPrimary: z
    .boolean()
    .optional()
    .describe('The primary one before is none any more; the first account is, unless told otherwise'),
});

export const staffAccountSchema = z.strictObject({
  accountId: z.uuid(),
  bankName: z.string(),
  accountNumberMasked: z.string(),
  routingNumberMasked: z.string(),
  accountType: z.enum(accountTypes),
  isPrimary: z.boolean(),
  createdAt: z.iso.datetime(),
});

export function viewStaffAccount(row: StaffAccountRow): z.output<typeof staffAccountSchema> {
  const { id: accountId, bankName, accountLast4, routingNumber, accountType, isPrimary, createdAt } = row;
  return {
    accountId,
    bankName,
    accountNumberMasked: `••••${accountLast4}`,
    routingNumberMasked: `•••••${routingNumber.slice(-4)}`,
    accountType,
    isPrimary,
    createdAt: createdAt.toISOString(),
  };
}
