import { parseArgs } from 'node:util';
import { Fault } from '../shared/fault.ts';
import { tellError } from './cli/exit-codes.ts';
import { withRows } from './cli/open.ts';
import { resetStaffing } from './demo-data/reset-staffing.ts';

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
  const { tenantId, path } = await withRows(process.env, resetStaffing);
  console.log(`tenant    ${tenantId}`);
  console.log(`accounts  as before, in ${path}`);
  console.log(`reset     in ${Math.round(performance.now())} ms`);
}
