import type { Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

const takeSql = sql('fieldservice/tenants/take-instants');

/**
 * The next `count` instants (1 or more) of a tenant, strictly rising and later than any before: ISO-8601 in UTC with
 * microseconds. The tenant's row stays locked until the transaction ends, so whoever takes later commits later, and a pull
 * that has seen an instant has seen all before it. Take them before the records are read. Throws if there is no such tenant.
 */
export async function takeInstants(tx: Transaction, tenantId: string, count: number): Promise<string[]> {
  const { firstMicroseconds } = await tx.one<{ firstMicroseconds: number }>(takeSql({ tenantId, count }));
  return Array.from({ length: count }, (_, index) => instantOf(firstMicroseconds + index));
}

/** Microseconds since 1970, up to 2^53. */
function instantOf(microseconds: number): string {
  const seconds = new Date(Math.floor(microseconds / 1_000_000) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${String(microseconds % 1_000_000).padStart(6, '0')}Z`;
}
