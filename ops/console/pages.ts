import { chartResources } from './charts.ts';
import type { Action, Page, Resource } from './page.ts';
import { bulkActions, bulkPages } from './pages/bulk.ts';
import { failureActions, failurePages } from './pages/failures.ts';
import { accountActions, accountPages } from './pages/account.ts';
import { alertsActions, alertsPages } from './pages/alerts.ts';
import { auditPages } from './pages/audit.ts';
import { operatorsActions, operatorsPages } from './pages/operators.ts';
import { outboxPages } from './pages/outbox.ts';
import { jobActions, jobPages } from './pages/job.ts';
import { jobsPages } from './pages/jobs.ts';
import { overviewPages } from './pages/overview.ts';
import { queuesActions, queuesPages } from './pages/queues.ts';
import { schedulesActions, schedulesPages } from './pages/schedules.ts';
import { transferActions, transferPages } from './pages/transfer.ts';
import { transfersPages } from './pages/transfers.ts';
import { verificationActions, verificationPages, verificationResources } from './pages/verification.ts';
import { verificationsPages } from './pages/verifications.ts';

/** Every page of the console. */
export const pages: readonly Page[] = [
  ...overviewPages,
  ...jobsPages,
  ...jobPages,
  ...queuesPages,
  ...schedulesPages,
  ...transfersPages,
  ...transferPages,
  ...verificationsPages,
  ...verificationPages,
  ...outboxPages,
  ...alertsPages,
  ...auditPages,
  ...operatorsPages,
  ...accountPages,
  ...failurePages,
  ...bulkPages,
];

/** Every action of the console. */
export const actions: readonly Action[] = [
  ...jobActions,
  ...queuesActions,
  ...schedulesActions,
  ...transferActions,
  ...verificationActions,
  ...alertsActions,
  ...operatorsActions,
  ...accountActions,
  ...failureActions,
  ...bulkActions,
];

/** What the pages load beside themselves. */
export const resources: readonly Resource[] = [...chartResources, ...verificationResources];
