import type { AssignmentStatus } from '../../shared/assignment-state.ts';
import type { Connection } from '../connect.ts';
import { sql } from '../sql.ts';
import type { AttendanceRow } from './attendance.ts';
import type { OrderStatus, OrderType } from './orders.ts';

/** Whose orders: a business's, or, with null, all of the tenant's. */
export interface OrderScope {
  tenantId: string;
  businessId: string | null;
}

export interface OrderSummary {
  id: string;
  businessId: string;
  orderNumber: string;
  type: OrderType;
  status: OrderStatus;
  eventName: string;
  hubId: string;
  hubName: string;
  vendorId: string | null;
  /** At the hub. */
  startsOn: string;
  endsOn: string | null;
  cancelReason: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Who may see an assignment: the business that it is for, the worker whose it is, or `all` of the tenant's. */
export interface AssignmentScope {
  tenantId: string;
  all: boolean;
  businessId: string | null;
  staffId: string | null;
}

/** An assignment, and the worker's presence at it, if they came. */
export type AssignmentAttendance = {
  assignmentId: string;
  shiftId: string;
  staffId: string;
  assignmentStatus: AssignmentStatus;
} & (AttendanceRow | { id: null });

const ordersSql = sql('workforce/older-reads/orders', { replan: true });
const attendanceSql = sql('workforce/older-reads/attendance');

/** Newest first. */
export function listOrders(
  db: Connection,
  scope: OrderScope,
  page: { afterId: string | null; limit: number },
): Promise<OrderSummary[]> {
  return db.any<OrderSummary>(ordersSql({ ...scope, ...page, orderId: null }));
}

export function findOrder(db: Connection, scope: OrderScope, orderId: string): Promise<OrderSummary | null> {
  return db.oneOrNone<OrderSummary>(ordersSql({ ...scope, orderId, afterId: null, limit: 1 }));
}

export function findAssignmentAttendance(
  db: Connection,
  scope: AssignmentScope,
  assignmentId: string,
): Promise<AssignmentAttendance | null> {
  return db.oneOrNone<AssignmentAttendance>(attendanceSql({ ...scope, assignmentId }));
}
