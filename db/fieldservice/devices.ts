import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';

const putSql = sql('fieldservice/devices/put');

/** Binds a device to a tenant, and to whoever uses it there. */
export async function activateDevice(
  db: Connection,
  device: { tenantId: string; deviceId: string; userId: string },
): Promise<void> {
  await db.one(putSql(device));
}
