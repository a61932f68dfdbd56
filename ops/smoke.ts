import { parseArgs } from 'node:util';
import { demoPath, readDemoFile } from './demo-data/demo-file.ts';
import { Checks } from './smoke/checks.ts';
import { clientReads } from './smoke/client-reads.ts';
import { writeHubsAndOrders, writeInvoices } from './smoke/client-writes.ts';
import { callOlderRoutes, signOut } from './smoke/older-callers.ts';
import { writePapers } from './smoke/papers.ts';
import { Scene } from './smoke/scene.ts';
import { signInClients, signInStaff } from './smoke/sign-in.ts';
import { staffReads } from './smoke/staff-reads.ts';
import { writeShifts } from './smoke/staff-shifts.ts';
import { writeProfile } from './smoke/staff-writes.ts';

const usage = `npm run smoke                                      checks the system that runs on DATA_DIR (.data)
npm run smoke -- --demo-file .data/demo.json       the one that this file is of
npm run smoke -- --url http://… --demo-file …      the same, at another address

Calls everything that the staffing apps call, with the demo's accounts. Exit code 1 if any answer is not what it must be.`;

/** The areas of the gateway, in an order in which each finds what it needs. */
const areas: Record<string, (scene: Scene) => Promise<void>> = {
  'client sign-in': signInClients,
  'staff auth bootstrap': signInStaff,
  ...clientReads,
  'client hub and order write flows': writeHubsAndOrders,
  'client invoice approve and dispute': writeInvoices,
  ...staffReads,
  'staff availability, profile, tax form, bank account': writeProfile,
  'staff shift apply, shift accept, clock-in, clock-out, swap request': writeShifts,
  'direct file upload helpers and verification jobs': writePapers,
  'older callers': callOlderRoutes,
  'client and staff sign-out': signOut,
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { url: { type: 'string' }, 'demo-file': { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const file = values['demo-file'] ?? demoPath(process.env['DATA_DIR'] || '.data');
  const demo = readDemoFile(file);
  if (!demo) throw new Error(`There is no ${file}: "npm start" writes it.`);
  const url = values.url ?? demo.edge;
  console.log(`${url}, as the demo's people of ${file}`);
  const checks = new Checks(url, line => console.log(line));
  const scene = new Scene(checks, demo);
  for (const [title, area] of Object.entries(areas)) await checks.area(title, () => area(scene));
  const { passed, failed } = checks;
  const seconds = (performance.now() / 1_000).toFixed(1);
  console.log(`\n${passed} checks passed, ${failed} failed, in ${seconds} s`);
  return failed === 0 ? 0 : 1;
}
