import { z } from 'zod';
import { wallClock } from '../../shared/recurrence.ts';
import { findRole, listSchema, type Scene } from './scene.ts';

const hubSchema = z.object({
  hubId: z.uuid(),
  timeZone: z.string(),
  clockInMode: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});
type Hub = z.output<typeof hubSchema>;
const placedSchema = z.object({ orderId: z.uuid(), shiftIds: z.tuple([z.uuid()]) });
const shiftSchema = z.object({ roles: z.array(z.object({ roleId: z.uuid() })).length(1) });
const assignmentSchema = z.object({ assignmentId: z.uuid(), status: z.string() });
const attendanceSchema = z.object({ attendanceId: z.uuid(), status: z.string() });

const minuteMs = 60_000;

/** A client orders; a newcomer applies, accepts, clocks in and out of one shift, and asks to be replaced in another. */
export async function writeShifts(scene: Scene): Promise<void> {
  const { checks } = scene;
  const { token } = scene.session('newcomer');
  const hubs = await checks.call('GET', '/client/hubs', {
    token: scene.session('client').token,
    shape: listSchema(hubSchema, 1),
  });
  const hub = hubs.body.items.find(each => each.clockInMode !== 'NFC_REQUIRED' && each.latitude !== null);
  if (!hub) throw new Error('no hub takes a position at the clock-in');
  const roleId = await findRole(scene);

  // Clocking in is possible from an hour before the start.
  const soon = await book(scene, { hub, roleId, startsAt: new Date(Date.now() + 10 * minuteMs) });
  await change(scene, soon.shiftId, 'accept', 'ACCEPTED');
  const place = {
    assignmentId: soon.assignmentId,
    latitude: hub.latitude,
    longitude: hub.longitude,
    accuracyMeters: 8,
  };
  const clockIn = { token, body: place, shape: attendanceSchema };
  await checks.call('POST', '/staff/clock-in', {
    token,
    body: { assignmentId: soon.assignmentId, nfcTagId: 'not the tag' },
    status: 403,
    title: 'POST /staff/clock-in  with a wrong tag',
  });
  const came = await checks.call('POST', '/staff/clock-in', clockIn);
  checks.must(came.body.status === 'OPEN', 'the attendance must be open', came.body);
  await checks.call('POST', '/staff/clock-in', {
    token,
    body: place,
    status: 409,
    title: 'POST /staff/clock-in  once more',
  });
  const went = await checks.call('POST', '/staff/clock-out', clockIn);
  checks.must(went.body.status === 'CLOSED', 'the attendance must be closed', went.body);

  const later = await book(scene, { hub, roleId, startsAt: new Date(Date.now() + 26 * 60 * minuteMs) });
  await change(scene, later.shiftId, 'accept', 'ACCEPTED');
  await change(scene, later.shiftId, 'request-swap', 'SWAP_REQUESTED', { reason: 'An exam that day.' });
  await checks.call('POST', `/client/orders/${later.orderId}/cancel`, {
    token: scene.session('client').token,
    body: { reason: 'The smoke test is over.' },
  });
}

/** Orders two hours of one worker's time, and books them for the newcomer. */
async function book(
  scene: Scene,
  { hub, roleId, startsAt }: { hub: Hub; roleId: string; startsAt: Date },
): Promise<{ orderId: string; shiftId: string; assignmentId: string }> {
  const { checks } = scene;
  const clock = wallClock(hub.timeZone);
  const endsAt = new Date(startsAt.getTime() + 120 * minuteMs);
  const times = { startTime: clock.timeOf(startsAt), endTime: clock.timeOf(endsAt) };
  const placed = await checks.call('POST', '/client/orders/one-time', {
    token: scene.session('client').token,
    body: {
      hubId: hub.hubId,
      eventName: 'Smoke test',
      orderDate: clock.dayOf(startsAt),
      positions: [{ roleId, workersNeeded: 1, ...times, instantBook: true }],
    },
    status: 201,
    shape: placedSchema,
  });
  const { token } = scene.session('newcomer');
  const {
    orderId,
    shiftIds: [shiftId],
  } = placed.body;
  const shift = await checks.call('GET', `/staff/shifts/${shiftId}`, { token, shape: shiftSchema });
  const body = { roleId: shift.body.roles[0]?.roleId, instantBook: true };
  const { assignmentId } = await change(scene, shiftId, 'apply', 'ASSIGNED', body);
  return { orderId, shiftId, assignmentId };
}

async function change(
  scene: Scene,
  shiftId: string,
  verb: 'apply' | 'accept' | 'request-swap',
  to: string,
  body?: object,
): Promise<z.output<typeof assignmentSchema>> {
  const { token } = scene.session('newcomer');
  const path = `/staff/shifts/${shiftId}/${verb}`;
  const answer = await scene.checks.call('POST', path, { token, ...(body ? { body } : {}), shape: assignmentSchema });
  scene.checks.must(answer.body.status === to, `the assignment must be ${to}`, answer.body);
  return answer.body;
}
