import type { Command } from 'commander';
import type { QueueSetting } from '../../../db/core/queues.ts';
import type { Broker } from '../../../shared/broker/broker.ts';
import { Fault } from '../../../shared/fault.ts';
import {
  listQueues,
  pauseAllQueues,
  pauseQueue,
  resetConcurrency,
  resumeAllQueues,
  resumeQueue,
  setConcurrency,
  type QueueView,
} from '../../actions/queues.ts';
import { withRows, withSpine } from '../open.ts';
import { countOf, renderDuration, renderTable, type Column } from '../print.ts';
import { addActOptions, addReadOptions, operatorOf, say, wholeNumber, type Session } from '../session.ts';

export function addQueuesCommands(program: Command, session: Session): void {
  const queues = program.command('queues').description("the kinds' queues: look, pause, resume, set concurrency");
  const list = queues
    .command('list', { isDefault: true })
    .description("what waits, by kind: rows, and the broker's messages and consumers beside them");
  addReadOptions(list).action(async (options: object) => {
    const view = await withSpine(session.env, spine =>
      listQueues({ db: spine.db, catalog: spine.catalog, broker: sharedBroker(spine.broker) }),
    );
    const notes = [
      ...view.queues.flatMap(({ kind, disagreement }) => (disagreement === null ? [] : [`${kind}: ${disagreement}.`])),
      ...(view.capped ? ['More rows wait than were counted: WAITING is a lower bound.'] : []),
      ...(view.ageS === null ? ['No ticker leads: these were counted now.'] : []),
    ];
    const table = renderTable(view.queues, queueColumns, 'No kinds.', session.look);
    say(session, options, view, [table, ...notes].join('\n'));
  });
  for (const [verb, description, one, all] of [
    ['pause', 'take no more jobs of a kind', pauseQueue, pauseAllQueues],
    ['resume', 'take jobs of a kind again', resumeQueue, resumeAllQueues],
  ] as const) {
    const command = queues.command(verb).description(description).argument('[kind]').option('--all', 'every kind');
    addActOptions(command).action(
      async (kind: string | undefined, { all: isAll = false, ...options }: PauseOptions) => {
        if ((kind === undefined) !== isAll) throw new Fault('invalid', 'Say either a kind or --all.');
        if (kind === undefined) {
          const kinds = await withRows(session.env, rows => all(rows, operatorOf(options)));
          return say(
            session,
            options,
            { kinds },
            `${countOf(kinds.length, 'kind')} ${verb}d; workers follow within seconds.`,
          );
        }
        const setting = await withRows(session.env, rows => one(rows, { kind }, operatorOf(options)));
        say(session, options, setting, settingText(setting));
      },
    );
  }
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
  const reset = queues.command('reset').description('give a kind the concurrency of its spec back').argument('<kind>');
  addActOptions(reset).action(async (kind: string, options: object) => {
    const setting = await withRows(session.env, rows => resetConcurrency(rows, { kind }, operatorOf(options)));
    say(session, options, setting, settingText(setting));
  });
}

interface PauseOptions {
  all?: boolean;
}

/** A memory broker lives inside another process: what this one sees of it is nothing. */
export function sharedBroker(broker: Broker): Broker | null {
  return broker.name === 'memory' ? null : broker;
}

const queueColumns: Column<QueueView>[] = [
  { title: 'KIND', value: queue => queue.kind },
  { title: 'PAUSED', value: queue => queue.paused, color: queue => (queue.paused ? 'yellow' : null) },
  { title: 'CONCURRENCY', value: queue => `${queue.concurrency}${queue.concurrencySet ? ' (set)' : ''}` },
  { title: 'WAITING', value: queue => queue.waiting, align: 'right' },
  { title: 'OLDEST', value: queue => (queue.waiting > 0 ? renderDuration(queue.oldestS) : null), align: 'right' },
  { title: 'RUNNING', value: queue => queue.running, align: 'right' },
  { title: 'RETRYING', value: queue => queue.retrying, align: 'right' },
  { title: 'READY', value: queue => queue.ready, align: 'right' },
  { title: 'CONSUMERS', value: queue => queue.consumers, align: 'right' },
];

function settingText({ kind, paused, concurrency }: QueueSetting): string {
  return `${kind} is ${paused ? 'paused' : 'running'}, concurrency ${concurrency ?? 'by its spec'}; workers follow within seconds.`;
}
