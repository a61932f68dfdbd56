import { resolve } from 'node:path';
import { findDemoTenant } from '../../db/workforce/demo-tenant.ts';
import { Fault } from '../../shared/fault.ts';
import { completeSecrets } from '../../shared/made-secrets.ts';
import { connectFiles, publicUrlOf } from '../../shared/ports/ports.ts';
import type { Rows } from '../cli/open.ts';
import { demoPath, readDemoFile, writeDemoFile } from './demo-file.ts';
import { seedStaffing } from './staffing.ts';

/**
 * Puts a new tenant with the same people in the place of the staffing demo; accounts and passwords stay, the demo file gets
 * fresh tokens. Faults: `forbidden` in production; `unavailable` without the demo file of a running system.
 */
export async function resetStaffing(rows: Rows): Promise<{ tenantId: string | null; path: string }> {
  if (rows.config.nodeEnv === 'production') throw new Fault('forbidden', 'No demo is made in production.');
  const config = completeSecrets({ ...rows.config, dataDir: resolve(rows.config.dataDir) });
  const path = demoPath(config.dataDir);
  const demo = readDemoFile(path);
  if (!demo)
    throw new Fault('unavailable', `There is no ${path}, which says where the sandbox is: "npm start" writes it.`);
  const ports = { files: connectFiles(config, () => publicUrlOf(config)) };
  try {
    const workforce = await seedStaffing({ ...rows, config, ports }, demo, { anew: true });
    writeDemoFile(path, { ...demo, workforce });
    return { tenantId: await findDemoTenant(rows.db), path };
  } finally {
    ports.files.close();
  }
}
