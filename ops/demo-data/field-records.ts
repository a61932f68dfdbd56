import { randomUUID } from 'node:crypto';

const dayMs = 86_400_000;

/** What the demo's company has on its books, as a manager's phone would push it. Two employees or more. */
export function fieldChanges(employeeIds: readonly string[], now: Date): Record<string, unknown>[] {
  const clientUpdatedAt = now.toISOString();
  const day = (days: number) => new Date(now.getTime() + days * dayMs).toISOString().slice(0, 10);
  const at = (days: number, time: string) => `${day(days)}T${time}:00Z`;
  const upsert = (entity: string, entityId: string, payload: Record<string, unknown>) => ({
    op: 'upsert',
    entity,
    entityId,
    clientUpdatedAt,
    payload,
  });
  const [ana = '', bo = ''] = employeeIds;
  const [john, maria, office] = [randomUUID(), randomUUID(), randomUUID()];
  const [weekly, deep] = [randomUUID(), randomUUID()];
  const entry = { type: 'receivable', status: 'pending', currency: 'USD', kind: 'invoiceClient', isDisputed: false };
  const pay = { type: 'payable', status: 'pending', currency: 'USD', kind: 'payrollEmployee' };
  return [
    upsert('employee', ana, { name: 'Ana', roleTitle: 'Organizer', team: 'North', hourlyRate: 28.5, currency: 'USD' }),
    upsert('employee', bo, { name: 'Bo', roleTitle: 'Cleaner', team: 'North', hourlyRate: 24, currency: 'USD' }),
    upsert('client', john, {
      name: 'John Doe',
      phone: '+1 415 555 0100',
      whatsappPhone: '+1 415 555 0101',
      email: 'john@doe.example',
      address: '123 Main St',
      propertyDetails: 'Unit 2B',
      accessNotes: 'Call front desk',
      preferredSchedule: 'Morning',
    }),
    upsert('client', maria, { name: 'Maria Silva', phone: '(415) 555-0102', email: 'maria@silva.example' }),
    upsert('client', office, { name: 'Harbour Office', contact: 'Reception', address: '9 Pier Rd' }),
    upsert('service_type', weekly, { name: 'Weekly clean', basePrice: 120, currency: 'USD' }),
    upsert('service_type', deep, {
      name: 'Deep organizing',
      description: 'Half a day',
      basePrice: 320,
      currency: 'USD',
    }),
    upsert('task', randomUUID(), {
      title: 'Deep organizing',
      date: day(0),
      startTime: at(0, '16:00'),
      endTime: at(0, '20:00'),
      status: 'inProgress',
      assignedEmployeeId: ana,
      employeeName: 'Ana',
      clientId: john,
      clientName: 'John Doe',
      address: '123 Main St',
      serviceTypeId: deep,
      checkInTime: at(0, '16:05'),
    }),
    upsert('task', randomUUID(), {
      title: 'Weekly clean',
      date: day(1),
      status: 'scheduled',
      assignedEmployeeId: bo,
      employeeName: 'Bo',
      clientId: maria,
      clientName: 'Maria Silva',
      serviceTypeId: weekly,
    }),
    upsert('task', randomUUID(), { title: 'Weekly clean', date: day(-7), status: 'completed', clientId: office }),
    upsert('finance_entry', randomUUID(), {
      ...entry,
      title: 'Invoice - Dec',
      amount: 320.0,
      clientId: john,
      clientName: 'John Doe',
      dueDate: day(14),
    }),
    upsert('finance_entry', randomUUID(), {
      ...entry,
      title: 'Invoice - Weekly clean',
      amount: 120,
      clientId: maria,
      clientName: 'Maria Silva',
      dueDate: day(7),
    }),
    upsert('finance_entry', randomUUID(), {
      ...pay,
      title: 'Week of Ana',
      amount: 912,
      employeeId: ana,
      dueDate: day(5),
    }),
    upsert('finance_entry', randomUUID(), {
      ...pay,
      title: 'Week of Bo',
      amount: 768,
      employeeId: bo,
      dueDate: day(5),
    }),
    upsert('finance_entry', randomUUID(), {
      title: 'Boxes and labels',
      amount: 41.35,
      type: 'payable',
      status: 'paid',
      method: 'card',
      currency: 'USD',
      kind: 'expenseOutOfPocket',
      employeeId: ana,
      dueDate: day(-2),
    }),
  ];
}
