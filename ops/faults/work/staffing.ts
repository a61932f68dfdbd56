import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { addDays, utcDay } from '../../../shared/warranty.ts';
import { makeCertificate, type PaperFile } from '../../demo-data/paper-files.ts';
import type { Work, WorkDeps } from '../work.ts';

async function orderStaff({ client, ledger, people, random, n }: WorkDeps): Promise<void> {
  const { client: token, hubId, roleId } = people.staffing;
  const key = randomUUID();
  const position = { roleId, workersNeeded: random.int(1, 4), startTime: '09:00', endTime: '17:00' };
  const orderDate = addDays(utcDay(new Date()), random.int(2, 30));
  const body = { hubId, eventName: `Event ${n}`, orderDate, positions: [position] };
  const placed = await client.call('POST', '/client/orders/one-time', { token, body, key });
  ledger.accept('staff order', key, placed.body.orderId);
}

/** With a text layer: read without OCR. */
async function sendCertificate(deps: WorkDeps): Promise<void> {
  const today = utcDay(new Date());
  const facts = { number: `FH-${deps.n}`, issuedOn: addDays(today, -300), expiresOn: addDays(today, 800) };
  const holder = deps.people.staffing.workerName;
  await send(deps, await makeCertificate({ holder, issuer: 'National Food Safety Board', ...facts }), 'FOOD_HANDLER');
}

/** A photo of one: a core is busy with it for seconds. */
async function sendScan(deps: WorkDeps): Promise<void> {
  const lines = ['CERTIFICATE OF COMPLETION', deps.people.staffing.workerName, 'Valid until: 12 March 2031'];
  const fontfile = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
  const text = { text: lines.join('\n\n'), font: 'DejaVu Sans', fontfile, dpi: 200 };
  const bytes = await sharp({ text })
    .extend({ top: 80, bottom: 80, left: 80, right: 80, background: '#fff' })
    .png()
    .toBuffer();
  await send(deps, { filename: 'scan.png', contentType: 'image/png', bytes }, 'ALLERGEN');
}

async function send({ client, ledger, people }: WorkDeps, paper: PaperFile, certificateType: string): Promise<void> {
  const key = randomUUID();
  const form = () => {
    const body = new FormData();
    body.set('certificateType', certificateType);
    body.set('file', new File([new Uint8Array(paper.bytes)], paper.filename, { type: paper.contentType }));
    return body;
  };
  const call = { token: people.staffing.worker, form, key };
  const sent = await client.call('POST', '/staff/profile/certificates', call);
  ledger.accept('verification', key, sent.body.verificationId);
}

export const staffingWork: readonly Work[] = [
  { name: 'staff order', share: 10, everyMs: 700, run: orderStaff },
  { name: 'certificate', share: 5, everyMs: 3_000, run: sendCertificate },
  { name: 'OCR', share: 2, everyMs: 20_000, run: sendScan },
];
