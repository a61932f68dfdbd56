import { z } from 'zod';
import { wallClock, weekDayOf } from '../../shared/recurrence.ts';
import { addDays, utcDay } from '../../shared/warranty.ts';
import { makeCertificate } from '../demo-data/paper-files.ts';
import { runScheduleNow } from './run-schedule.ts';
import { itemsOf, type StaffingScene, type StaffingUser } from './staffing-scene.ts';
import { must, type Steps, until } from './steps.ts';

const hubSchema = z.object({
  hubId: z.uuid(),
  name: z.string(),
  timeZone: z.string(),
  clockInMode: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});
type Hub = z.output<typeof hubSchema>;
const hubsSchema = itemsOf(hubSchema);
const vendorsSchema = itemsOf(z.object({ vendorId: z.uuid() }));
const rolesSchema = itemsOf(z.object({ roleId: z.uuid(), code: z.string() }));
const placedSchema = z.object({ shiftIds: z.tuple([z.uuid()]) });
const shiftSchema = z.object({ roles: z.array(z.object({ roleId: z.uuid() })).length(1) });
const assignmentSchema = z.object({ assignmentId: z.uuid(), status: z.string() });
const attendanceSchema = z.object({ status: z.string() });
const faultSchema = z.object({ code: z.string() });
const statsSchema = z.object({ needed: z.int(), checkedIn: z.int() });
const invoicesSchema = itemsOf(
  z.object({
    invoiceId: z.uuid(),
    invoiceNumber: z.string(),
    status: z.string(),
    weekStartsOn: z.string(),
    amountCents: z.int(),
  }),
);
const decidedSchema = z.object({ status: z.string() });
const sentSchema = z.object({ verificationId: z.uuid() });
const verificationSchema = z.object({
  status: z.string(),
  checks: z.array(z.object({ name: z.string(), outcome: z.string(), message: z.string() })),
});

const minuteMs = 60_000;

/** A client orders two servers for this very day; of three workers two get the places, come and go. */
export async function showShift(steps: Steps, scene: StaffingScene): Promise<void> {
  const client = await scene.signInClient();
  const signUp = (name: string) => scene.signUpWorker(client.tenantId, name);
  const [nora, sam, max] = await steps.run('three workers sign up with their phones', () =>
    Promise.all([signUp('Nora Lindqvist'), signUp('Sam Okafor'), signUp('Max Berger')]),
  );
  const hub = await findHub(scene, client);
  const { shift, day } = await steps.run('a client orders two servers', () => orderServers(scene, client, hub));
  const assignments = await steps.run('two apply and accept; the third is told that it is full', async () => {
    const { roles } = await scene.get(shift, nora, shiftSchema);
    const wish = { roleId: roles[0]?.roleId, instantBook: true };
    const taken = [];
    for (const who of [nora, sam]) {
      taken.push(await scene.send(`${shift}/apply`, who, wish, assignmentSchema));
      const { status } = await scene.send(`${shift}/accept`, who, undefined, assignmentSchema);
      must(status === 'ACCEPTED', 'the place must be theirs', status);
    }
    const { code } = await scene.send(`${shift}/apply`, max, wish, faultSchema, [409]);
    must(code === 'SHIFT_FULL', 'the third must be told SHIFT_FULL', code);
    return taken;
  });
  await steps.run('they clock in at the hub, which the client sees, and out again', async () => {
    const { latitude, longitude } = hub;
    const clock = (way: 'in' | 'out') =>
      Promise.all(
        [nora, sam].map((who, index) => {
          const body = { assignmentId: assignments[index]?.assignmentId, latitude, longitude, accuracyMeters: 10 };
          return scene.send(`/staff/clock-${way}`, who, body, attendanceSchema);
        }),
      );
    const stats = () => scene.get(`/client/coverage/stats?date=${day}`, client, statsSchema);
    const before = await stats();
    await clock('in');
    const { checkedIn, needed } = await stats();
    must(checkedIn === before.checkedIn + 2, 'two more must be there', { before, checkedIn });
    const gone = await clock('out');
    must(
      gone.every(({ status }) => status === 'CLOSED'),
      'both attendances must be closed',
      gone,
    );
    return `${checkedIn} of ${needed} have come today`;
  });
}

/** The schedule that bills the weeks that are over; a bill as a PDF, and a client who doesn't agree with it. */
export async function showBilling(steps: Steps, scene: StaffingScene, dataDir: string): Promise<void> {
  const client = await scene.signInClient();
  const invoices = async (name: 'pending' | 'history') =>
    (await scene.get(`/client/billing/invoices/${name}`, client, invoicesSchema)).items;
  const bill = await steps.run('the week that is over is billed', async () => {
    await runScheduleNow(dataDir, 'weekly-billing');
    const today = utcDay(new Date());
    const week = addDays(today, -6 - weekDayOf(today));
    const read = async () => [...(await invoices('pending')), ...(await invoices('history'))];
    const ofWeek = ({ weekStartsOn }: { weekStartsOn: string }) => weekStartsOn === week;
    const all = await until('it must have its invoice', read, list => list.some(ofWeek));
    return all.find(ofWeek) as (typeof all)[number];
  });
  await steps.run('its invoice is saved', async () => {
    const path = `/client/billing/invoices/${bill.invoiceId}/pdf`;
    const { file, bytes } = await scene.save(path, client, 'staffing-invoice.pdf');
    must(bytes.subarray(0, 5).toString() === '%PDF-', 'it must be a PDF', bytes.subarray(0, 20).toString());
    return `${bill.invoiceNumber}, $${(bill.amountCents / 100).toFixed(2)}: ${file}, ${bytes.length} bytes`;
  });
  await steps.run('the client disputes it', async () => {
    const open = (await invoices('pending')).filter(({ status }) => status === 'PENDING');
    const chosen = open.find(({ invoiceId }) => invoiceId === bill.invoiceId) ?? open[0];
    if (!chosen) return 'none is open any more; "npm run seed:v2-demo" begins anew';
    const path = `/client/billing/invoices/${chosen.invoiceId}/dispute`;
    const { status } = await scene.send(path, client, { reason: 'More hours than were worked.' }, decidedSchema);
    must(status === 'DISPUTED', 'it must be DISPUTED', status);
    return chosen.invoiceNumber;
  });
}

/** Workers send in certificates, and a worker process reads them. */
export async function showVerification(steps: Steps, scene: StaffingScene): Promise<void> {
  const { tenantId } = await scene.signInClient();
  const ida = await scene.signUpWorker(tenantId, 'Ida Holm');
  await steps.run('a certificate is sent in, read, and passes', async () => {
    const { status, checks } = await verifyCertificate(scene, ida, 'Ida Holm');
    must(status === 'AUTO_PASS', 'it must pass', { status, checks });
    return checks.map(check => `${check.name} ${check.outcome}`).join(', ');
  });
  await steps.run('one in another person’s name does not', async () => {
    const { status, checks } = await verifyCertificate(scene, ida, 'Otto Kranz');
    must(status === 'AUTO_FAIL', 'it must fail', { status, checks });
    return checks.find(check => check.outcome === 'fail')?.message;
  });
}

async function verifyCertificate(scene: StaffingScene, worker: StaffingUser, holder: string) {
  const today = utcDay(new Date());
  const facts = { number: 'FH-2024-118877', issuedOn: addDays(today, -300), expiresOn: addDays(today, 800) };
  const paper = await makeCertificate({ holder, issuer: 'National Food Safety Board', ...facts });
  const body = new FormData();
  body.set('certificateType', 'FOOD_HANDLER');
  body.set('file', new File([new Uint8Array(paper.bytes)], paper.filename, { type: paper.contentType }));
  const { verificationId } = await scene.send('/staff/profile/certificates', worker, body, sentSchema);
  return until(
    'a worker process must have looked at it',
    () => scene.get(`/verifications/${verificationId}`, worker, verificationSchema),
    ({ status }) => status !== 'PENDING' && status !== 'PROCESSING',
    90_000,
  );
}

/** One where a position is proof enough. */
async function findHub(scene: StaffingScene, client: StaffingUser): Promise<Hub> {
  const { items } = await scene.get('/client/hubs', client, hubsSchema);
  const hub = items.find(({ clockInMode, latitude }) => clockInMode !== 'NFC_REQUIRED' && latitude !== null);
  must(hub !== undefined, 'one hub must take a position', items);
  return hub;
}

/** For two hours from ten minutes on: early enough to clock in at once. Answers the shift's path and day. */
async function orderServers(scene: StaffingScene, client: StaffingUser, { hubId, timeZone }: Hub) {
  const clock = wallClock(timeZone);
  const startsAt = new Date(Date.now() + 10 * minuteMs);
  const endsAt = new Date(startsAt.getTime() + 120 * minuteMs);
  const times = { startTime: clock.timeOf(startsAt), endTime: clock.timeOf(endsAt) };
  const roleId = await findServer(scene, client);
  const positions = [{ roleId, workersNeeded: 2, ...times, instantBook: true }];
  const day = clock.dayOf(startsAt);
  const order = { hubId, eventName: 'Pop-up bar', orderDate: day, positions };
  const { shiftIds } = await scene.send('/client/orders/one-time', client, order, placedSchema);
  return { shift: `/staff/shifts/${shiftIds[0]}`, day };
}

async function findServer(scene: StaffingScene, client: StaffingUser): Promise<string> {
  const { items: vendors } = await scene.get('/client/vendors', client, vendorsSchema);
  for (const { vendorId } of vendors) {
    const { items: roles } = await scene.get(`/client/vendors/${vendorId}/roles`, client, rolesSchema);
    const server = roles.find(({ code }) => code === 'SERVER');
    if (server) return server.roleId;
  }
  throw new Error('no vendor has servers');
}
