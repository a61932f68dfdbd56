import type { Command } from 'commander';
import type { AuditRow } from '../../../db/core/audit.ts';
import type { ListedAlert } from '../../../db/core/alerts.ts';
import { closeAlert, findAlerts } from '../../actions/alerts.ts';
import { readAudit } from '../../actions/audit.ts';
import { withRows } from '../open.ts';
import { renderAge, renderTable, type Column } from '../print.ts';
import {
  addActOptions,
  addReadOptions,
  operatorOf,
  parseId,
  parseMoment,
  say,
  wholeNumber,
  type Session,
} from '../session.ts';

interface PageOptions {
  before?: string;
  limit: number;
}

interface AuditOptions extends PageOptions {
  by?: string;
  action?: string;
  subject?: string;
  from?: Date;
  to?: Date;
}

/** What needs people, and what people did. */
export function addAlertsCommands(program: Command, session: Session): void {
  const { env, look } = session;
  const alerts = program.command('alerts').description('what a person must look at');
  const list = addPageOptions(
    alerts
      .command('list', { isDefault: true })
      .description('open alerts, those that were raised last first')
      .option('--closed', 'those that were closed'),
  );
  addReadOptions(list).action(async ({ closed, before, limit, ...options }: PageOptions & { closed?: boolean }) => {
    const search = { state: closed ? 'closed' : 'open', beforeId: before ?? null, limit } as const;
    const page = await withRows(env, rows => findAlerts(rows, search));
    const columns = closed ? [...alertColumns, ...closedColumns] : alertColumns;
    const text = renderTable(page.alerts, columns, closed ? 'No closed alerts.' : 'No open alerts.', look);
    say(session, options, page, text + moreText(page.nextBeforeId));
  });
  const close = alerts
    .command('close')
    .description('say that an alert was looked at; raised once more, it opens anew')
    .argument('<id>', 'of the alert', parseId);
  addActOptions(close).action(async (id: string, options: object) => {
    const alert = await withRows(env, rows => closeAlert(rows, { id }, operatorOf(options)));
    say(session, options, alert, `Closed ${alert.kind} of ${alert.subject}.`);
  });
  const audit = addPageOptions(
    program
      .command('audit')
      .description('what operators did, newest first')
      .option('--by <actor>', 'this operator')
      .option('--action <action>', 'this verb, as in job.retry')
      .option('--subject <subject>', 'to this')
      .option('--from <moment>', 'at or after, as 2026-01-31, or 24h ago', parseMoment)
      .option('--to <moment>', 'before', parseMoment),
  );
  addReadOptions(audit).action(async ({ by, before, limit, action, subject, from, to, ...options }: AuditOptions) => {
    const filter = Object.entries({ actor: by, action, subject, from, to }).filter(([, value]) => value !== undefined);
    const asked = { ...Object.fromEntries(filter), beforeId: before ?? null, limit };
    const page = await withRows(env, rows => readAudit(rows, asked));
    const text = renderTable(page.entries, auditColumns, 'No entries.', look) + moreText(page.nextBeforeId);
    say(session, options, page, text);
  });
}

function addPageOptions(command: Command): Command {
  return command
    .option('--before <id>', 'older than this one', parseId)
    .option('--limit <n>', 'at most so many, up to 500', wholeNumber(1, 500), 50);
}

function moreText(nextBeforeId: string | null): string {
  return nextBeforeId === null ? '' : `\nmore: --before ${nextBeforeId}`;
}

const alertColumns: Column<ListedAlert>[] = [
  { title: 'ID', value: alert => alert.id },
  { title: 'KIND', value: alert => alert.kind, shrinks: true },
  { title: 'SUBJECT', value: alert => alert.subject, shrinks: true },
  { title: 'COUNT', value: alert => alert.count, align: 'right' },
  { title: 'FIRST', value: alert => renderAge(alert.raisedAt), align: 'right' },
  { title: 'LAST', value: alert => renderAge(alert.lastRaisedAt), align: 'right' },
  { title: 'DETAILS', value: alert => JSON.stringify(alert.details), shrinks: true },
];

const closedColumns: Column<ListedAlert>[] = [
  { title: 'CLOSED BY', value: alert => alert.closedBy, shrinks: true },
  { title: 'WHY', value: alert => alert.closeReason, shrinks: true },
];

const auditColumns: Column<AuditRow>[] = [
  { title: 'AT', value: entry => entry.at },
  { title: 'WHO', value: entry => entry.actor, shrinks: true },
  { title: 'WHAT', value: entry => entry.action },
  { title: 'TO', value: entry => entry.subject, shrinks: true },
  { title: 'ON', value: entry => entry.affected, align: 'right' },
  { title: 'WHY', value: entry => entry.reason, shrinks: true },
];
