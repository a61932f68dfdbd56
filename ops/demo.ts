import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { demoPath, readDemoFile, type DemoFile } from './demo-data/demo-file.ts';
import { makePassword, register, signIn } from './demo-data/people.ts';
import { startPrivateSystem } from './demo/private-system.ts';
import { Steps } from './demo/steps.ts';
import { showAttachment, showInvoiceSent, showSync } from './demo/field.ts';
import { FieldScene } from './demo/field-scene.ts';
import { showExport, showFiles, showLive, showWarranty } from './demo/library.ts';
import { showNoop } from './demo/noop.ts';
import { Scene } from './demo/scene.ts';
import { showRefund, showShop, showWebhooks } from './demo/shop.ts';
import { showBilling, showShift, showVerification } from './demo/staffing.ts';
import { StaffingScene } from './demo/staffing-scene.ts';
import { showTransfers } from './demo/transfers.ts';

const usage = `npm run demo                                       starts a system of its own, drives it, ends it
npm run demo -- --demo-file .data/demo.json        drives the one that runs on that data directory
npm run demo -- --url http://… --demo-file …       the same, at another address`;

/** What the demo drives: a running system, and the data directory in which its `run.json` and `demo.json` are. */
interface Target {
  demo: DemoFile;
  dataDir: string;
  stop: () => Promise<void>;
}

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
  if (values.help || (values.url !== undefined && values['demo-file'] === undefined)) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const steps = new Steps(line => console.log(line));
  const target = await openTarget(steps, values['demo-file'], values.url);
  try {
    await showNoop(steps, target.demo);
    const scene = await openScene(steps, target.demo);
    await showShop(steps, scene);
    await showWebhooks(steps, scene);
    await showTransfers(steps, scene);
    await showRefund(steps, scene);
    await showFiles(steps, scene);
    await showWarranty(steps, scene, target.dataDir);
    await showLive(steps, scene);
    await showExport(steps, scene);
    const staffing = new StaffingScene(target.demo, scene.outDir);
    await showShift(steps, staffing);
    await showBilling(steps, staffing, target.dataDir);
    await showVerification(steps, staffing);
    const field = new FieldScene(target.demo, scene.outDir);
    await showSync(steps, field);
    await showAttachment(steps, field);
    await showInvoiceSent(steps, field);
  } finally {
    await steps.run('everything is stopped', () => target.stop());
  }
  console.log(`all ${steps.count} steps are as they must be, in ${steps.totalS} s`);
  return 0;
}

async function openTarget(steps: Steps, file: string | undefined, url: string | undefined): Promise<Target> {
  if (file !== undefined) return { ...openRunning(file, url), stop: async () => {} };
  return steps.run('a system of its own is started', async () => {
    const system = await startPrivateSystem();
    try {
      return { ...openRunning(demoPath(system.dataDir)), stop: system.stop };
    } catch (error) {
      await system.stop();
      throw error;
    }
  });
}

async function openScene(steps: Steps, demo: DemoFile): Promise<Scene> {
  const [admin, seller] = await steps.run('admin and seller sign in', () =>
    Promise.all([signIn(demo.edge, demo.marketplace.admin), signIn(demo.edge, demo.marketplace.seller)]),
  );
  const name = `nora-${randomBytes(4).toString('hex')}`;
  const buyer = await steps.run('a newcomer registers', () =>
    register(demo.edge, name, { email: `${name}@millrace.example`, password: makePassword() }),
  );
  return new Scene(demo, { admin, seller, buyer }, await mkdtemp(join(tmpdir(), 'millrace-demo-files-')));
}

function openRunning(file: string, url?: string): Omit<Target, 'stop'> {
  const demo = readDemoFile(file);
  if (!demo) throw new Error(`There is no ${file}: "npm start" writes it.`);
  return { demo: url === undefined ? demo : { ...demo, edge: url.replace(/\/+$/, '') }, dataDir: dirname(file) };
}
