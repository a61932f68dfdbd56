import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Everything a process counts, under one registry of its own. Times in seconds, as Prometheus wants them. */
export interface Metrics {
  registry: Registry;
  accepts: Counter<'kind' | 'replayed'>;
  published: Counter<'kind' | 'confirmed'>;
  relayed: Counter<'kind'>;
  claims: Counter<'kind' | 'claimed'>;
  outcomes: Counter<'kind' | 'outcome'>;
  runSeconds: Histogram<'kind'>;
  waitSeconds: Histogram<'kind'>;
  acceptToResultSeconds: Histogram<'kind'>;
  running: Gauge<'kind'>;
  requests: Histogram<'surface' | 'method' | 'route' | 'status'>;
  providerCalls: Histogram<'provider' | 'operation' | 'outcome'>;
  rescued: Counter<'kind'>;
  deadLetters: Counter<'kind'>;
  queueDepth: Gauge<'kind'>;
  queueConsumers: Gauge<'kind'>;
  waitingJobs: Gauge<'kind'>;
  oldestWaitingSeconds: Gauge<'kind'>;
  retryingJobs: Gauge<'kind'>;
  failedJobs: Gauge<'kind'>;
  queuePaused: Gauge<'kind'>;
  queueDisagrees: Gauge<'kind'>;
  relayLagSeconds: Gauge;
  workers: Gauge<'state'>;
  openAlerts: Gauge<'alert'>;
  permanentlyFailedTransfers: Gauge;
  loopFailing: Gauge<'loop'>;
  sampledAtSeconds: Gauge;
  tickerLeader: Gauge;
  brokerUp: Gauge;
  /** Reports a pg pool's use at each scrape. */
  watchPool(name: string, pool: PoolUse): void;
  /** Asks at each scrape whether the database answers. */
  watchDatabase(isUp: () => Promise<boolean>): void;
  /** Begins the counters of rare things at 0: of one that appears with its first count, no increase is seen. */
  expectKinds(kinds: Iterable<string>): void;
  /** Forgets what only the ticker's leader sees: a process that leads no longer must not go on telling it. */
  forgetSample(): void;
}

interface PoolUse {
  totalCount: number;
  idleCount: number;
  waitingCount: number;
}

const shortBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const longBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 21_600];

export function createMetrics(options: { process: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: options.process });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const pools = new Map<string, PoolUse>();
  const poolConnections = new Gauge({
    name: 'millrace_db_pool_connections',
    help: 'Database connections',
    labelNames: ['pool', 'use'],
    registers: [],
    collect() {
      for (const [pool, use] of pools) {
        this.set({ pool, use: 'total' }, use.totalCount);
        this.set({ pool, use: 'idle' }, use.idleCount);
        this.set({ pool, use: 'waiting' }, use.waitingCount);
      }
    },
  });
  registry.registerMetric(poolConnections);
  let isDatabaseUp = async () => false;
  const databaseUp = new Gauge({
    name: 'millrace_database_up',
    help: '1 while the database answers this process',
    registers: [],
    async collect() {
      this.set((await isDatabaseUp()) ? 1 : 0);
    },
  });
  registry.registerMetric(databaseUp);
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter<L>({ name: `millrace_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge<L>({ name: `millrace_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]) =>
    new Histogram<L>({ name: `millrace_${name}`, help, labelNames, buckets, registers });
  const outcomes = counter('job_outcomes_total', 'Attempts ended, by outcome', ['kind', 'outcome']);
  const rescued = counter('jobs_rescued_total', 'Jobs taken back from lost workers', ['kind']);
  const deadLetters = counter('dead_letters_total', 'Nudges that the broker gave up', ['kind']);
  const sampled = {
    queueDepth: gauge('queue_ready_messages', "Messages waiting in the kind's queue", ['kind']),
    queueConsumers: gauge('queue_consumers', "Consumers of the kind's queue", ['kind']),
    waitingJobs: gauge('jobs_waiting', 'Rows that wait to be claimed', ['kind']),
    oldestWaitingSeconds: gauge('oldest_waiting_seconds', 'Age of the oldest row that waits to be claimed', ['kind']),
    retryingJobs: gauge('jobs_retrying', 'Jobs that failed and wait for their next attempt', ['kind']),
    failedJobs: gauge('jobs_failed', 'Jobs that failed for good, not posted anew and not silenced', ['kind']),
    queuePaused: gauge('queue_paused', '1 while an operator holds the kind back', ['kind']),
    queueDisagrees: gauge('queue_disagrees', '1 while rows and broker cannot both be right', ['kind']),
    relayLagSeconds: gauge('relay_lag_seconds', 'How long the oldest due row has been due'),
    workers: gauge('workers', 'Worker processes: alive, or expired and not yet rescued from', ['state']),
    openAlerts: gauge('open_alerts', 'Things that a person must look at', ['alert']),
    permanentlyFailedTransfers: gauge('transfers_permanently_failed', 'Transfers that nobody tries to pay any more'),
    loopFailing: gauge('ticker_loop_failing', "1 while the last run of the leader's loop failed", ['loop']),
    sampledAtSeconds: gauge('sampled_timestamp_seconds', 'When the leader last looked at the whole system'),
  };
  return {
    registry,
    accepts: counter('jobs_accepted_total', 'Jobs committed by the edge', ['kind', 'replayed']),
    published: counter('jobs_published_total', 'Jobs sent to the broker, by whether it confirmed', [
      'kind',
      'confirmed',
    ]),
    relayed: counter('jobs_relayed_total', 'Jobs that the relay published', ['kind']),
    claims: counter('claims_total', 'Claims tried, by whether the job was ours to run', ['kind', 'claimed']),
    outcomes,
    runSeconds: histogram('job_run_seconds', 'Time in the handler', ['kind'], longBuckets),
    waitSeconds: histogram('job_wait_seconds', 'From acceptance to the first claim', ['kind'], longBuckets),
    acceptToResultSeconds: histogram(
      'job_accept_to_result_seconds',
      'From acceptance to the final state',
      ['kind'],
      longBuckets,
    ),
    running: gauge('jobs_running', 'Jobs in handlers now', ['kind']),
    requests: histogram(
      'http_request_seconds',
      'Time to answer',
      ['surface', 'method', 'route', 'status'],
      shortBuckets,
    ),
    providerCalls: histogram(
      'provider_call_seconds',
      'Calls to the outside',
      ['provider', 'operation', 'outcome'],
      longBuckets,
    ),
    rescued,
    deadLetters,
    ...sampled,
    tickerLeader: gauge('ticker_leader', '1 in the process that holds the ticker lock'),
    brokerUp: gauge('broker_up', '1 while the broker takes messages'),
    watchPool: (name, pool) => void pools.set(name, pool),
    watchDatabase: isUp => void (isDatabaseUp = isUp),
    expectKinds: kinds => {
      for (const kind of kinds) {
        for (const outcome of ['succeeded', 'failed', 'retry']) outcomes.inc({ kind, outcome }, 0);
        rescued.inc({ kind }, 0);
        deadLetters.inc({ kind }, 0);
      }
    },
    forgetSample: () => {
      for (const one of Object.values(sampled)) one.reset();
    },
  };
}
