import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findDemoTenant } from '../db/workforce/demo-tenant.ts';
import { Fault } from '../shared/fault.ts';
import { completeSecrets } from '../shared/made-secrets.ts';
import { connectFiles, publicUrlOf } from '../shared/ports/ports.ts';
import { tellError } from './cli/exit-codes.ts';
import { withRows } from './cli/open.ts';
import { demoPath, readDemoFile, writeDemoFile } from './demo-data/demo-file.ts';
import { seedStaffing } from './demo-data/staffing.ts';

const usage = `npm run seed:v2-demo      resets the staffing demo of the system that runs on DATA_DIR (.data)

A new tenant with the same people takes the place of the one before, which loses nothing but them. Accounts and passwords stay;
the demo file gets fresh tokens. Refused in production.`;

try {
  await main();
} catch (error) {
  const { exitCode, line } = tellError(error);
  console.error(line);
  process.exitCode = exitCode;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) return console.log(usage);
  if (process.env['NODE_ENV'] === 'production') throw new Fault('forbidden', 'No demo is made in production.');
  await withRows(process.env, async rows => {
    const config = completeSecrets({ ...rows.config, dataDir: resolve(rows.config.dataDir) });
    const path = demoPath(config.dataDir);
    const demo = readDemoFile(path);
    if (!demo)
      throw new Fault('unavailable', `There is no ${path}, which says where the sandbox is: "npm start" writes it.`);
    const ports = { files: connectFiles(config, () => publicUrlOf(config)) };
    try {
      const workforce = await seedStaffing({ ...rows, config, ports }, demo, { anew: true });
      writeDemoFile(path, { ...demo, workforce });
      console.log(`tenant    ${await findDemoTenant(rows.db)}`);
      console.log(`accounts  as before, in ${path}`);
      console.log(`reset     in ${Math.round(performance.now())} ms`);
    } finally {
      ports.files.close();
    }
  });
}
