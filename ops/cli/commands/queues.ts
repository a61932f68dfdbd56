import type { Command } from 'commander';
import type { QueueSetting } from '../../../db/core/queues.ts';
import type { Broker } from '../../../shared/broker/broker.ts';
import { listQueues, pauseQueue, resumeQueue, setConcurrency, type QueueView } from '../../actions/queues.ts';
import { withRows, withSpine } from '../open.ts';
import { renderDuration, renderTable, type Column } from '../print.ts';
import { addActOptions, addReadOptions, operatorOf, say, wholeNumber, type Session } from '../session.ts';

export function addQueuesCommands(program: Command, session: Session): void {
  const queues = program.command('queues').description("the kinds' queues: look, pause, resume, set concurrency");
  const list = queues
    .command('list', { isDefault: true })
    .description("what waits, by kind: rows, and the broker's messages and consumers beside them");
  addReadOptions(list).action(async (options: object) => {
    const { queues: views, capped } = await withSpine(session.env, spine =>
      listQueues({ db: spine.db, catalog: spine.catalog, broker: sharedBroker(spine.broker) }),
    );
    const note = capped ? '\nMore rows wait than were counted: WAITING is a lower bound.' : '';
    say(session, options, { queues: views, capped }, renderTable(views, queueColumns, 'No kinds.') + note);
  });
  const pause = queues.command('pause').description('take no more jobs of a kind').argument('<kind>');
  addActOptions(pause).action(async (kind: string, options: object) => {
    const setting = await withRows(session.env, rows => pauseQueue(rows, { kind }, operatorOf(options)));
    say(session, options, setting, settingText(setting));
  });
  const resume = queues.command('resume').description('take jobs of a kind again').argument('<kind>');
  addActOptions(resume).action(async (kind: string, options: object) => {
    const setting = await withRows(session.env, rows => resumeQueue(rows, { kind }, operatorOf(options)));
    say(session, options, setting, settingText(setting));
  });
  const concurrency = queues
    .command('concurrency')
    .description('how many jobs of a kind each worker process runs at once')
    .argument('<kind>')
    .argument('<n>', 'from 1 to 1000', wholeNumber(1, 1_000));
  addActOptions(concurrency).action(async (kind: string, n: number, options: object) => {
    const change = { kind, concurrency: n };
    const setting = await withRows(session.env, rows => setConcurrency(rows, change, operatorOf(options)));
    say(session, options, setting, settingText(setting));
  });
}

/** A memory broker lives inside another process: what this one sees of it is nothing. */
export function sharedBroker(broker: Broker): Broker | null {
  return broker.name === 'memory' ? null : broker;
}

const queueColumns: Column<QueueView>[] = [
  { title: 'KIND', value: queue => queue.kind },
  { title: 'PAUSED', value: queue => queue.paused },
  { title: 'CONCURRENCY', value: queue => `${queue.concurrency}${queue.concurrencySet ? ' (set)' : ''}` },
  { title: 'WAITING', value: queue => queue.waiting, align: 'right' },
  { title: 'OLDEST', value: queue => (queue.waiting > 0 ? renderDuration(queue.oldestS) : null), align: 'right' },
  { title: 'READY', value: queue => queue.ready, align: 'right' },
  { title: 'CONSUMERS', value: queue => queue.consumers, align: 'right' },
];

function settingText({ kind, paused, concurrency }: QueueSetting): string {
  return `${kind} is ${paused ? 'paused' : 'running'}, concurrency ${concurrency ?? 'by its spec'}; workers follow within seconds.`;
}
