import { z } from 'zod';
import { mistakeInNodes } from './broker/rabbitmq-nodes.ts';
import { providerSettings } from './provider-settings.ts';
import { sandboxSettings } from './sandbox-settings.ts';
import { flag, integer, list, port, secretList, type Setting, setting } from './setting.ts';

/** Every setting there is. */
export const settings = {
  nodeEnv: setting(
    'NODE_ENV',
    z.enum(['production', 'development', 'test']).default('development'),
    'In production nothing embedded or sandboxed starts unless it is named',
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address')
      .optional(),
    'Postgres 14 or newer; unset: an embedded server under DATA_DIR',
    true,
  ),
  brokerUrl: setting(
    'BROKER_URL',
    z
      .string()
      .regex(
        /^(amqps?:|memory:|pubsub:\/\/[a-z][a-z0-9-]*\/?$)/,
        'must be amqp://…, amqps://…, pubsub://project or memory:',
      )
      .superRefine((url, context) => {
        const mistake = /^amqps?:/.test(url) ? mistakeInNodes(url) : null;
        if (mistake !== null) context.addIssue(mistake);
      })
      .optional(),
    'RabbitMQ (amqp://…, of a cluster all nodes: amqp://…,amqp://…) or Google Pub/Sub; unset: a private RabbitMQ when rabbitmq-server is installed, else memory',
    true,
  ),
  pubsubEmulatorHost: setting(
    'PUBSUB_EMULATOR_HOST',
    z
      .string()
      .regex(/^[^/\s]+:\d+$/, 'must be host:port')
      .optional(),
    "A Pub/Sub emulator in place of Google's own service",
  ),
  dataDir: setting(
    'DATA_DIR',
    z.string().default('.data'),
    'Where embedded services, made secrets and the demo file live',
  ),
  maxUploadBytes: setting(
    'MAX_UPLOAD_BYTES',
    integer(1, 5 * 1024 ** 3).default(100 * 1024 ** 2),
    'The largest file that may be uploaded',
  ),
  cloudQuotaBytes: setting(
    'CLOUD_QUOTA_BYTES',
    integer(1, 2 ** 50).default(5 * 1024 ** 3),
    'What the stored files of one user may take',
  ),
  phoneCountry: setting(
    'PHONE_COUNTRY',
    z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be a country like US')
      .default('US'),
    'Where a phone number without a country code is taken to be',
  ),
  fieldAppUrl: setting(
    'FIELD_APP_URL',
    z.url().optional(),
    'The fieldservice app, which invites lead to, as FIELD_APP_URL/invites/<token>; unset: they name the token alone',
  ),
  issuerName: setting('ISSUER_NAME', z.string().max(200).default('Millrace Marketplace'), 'Who issues the invoices'),
  issuerAddress: setting(
    'ISSUER_ADDRESS',
    z
      .string()
      .default('1 Weir Lane; 1010 Riverside')
      .transform(text => text.split(';').map(line => line.trim()))
      .pipe(z.array(z.string().max(200)).max(8)),
    "The issuer's address; lines are separated by semicolons",
  ),
  issuerTaxId: setting('ISSUER_TAX_ID', z.string().max(50).default('EU000000000'), "The issuer's tax number"),
  issuerEmail: setting(
    'ISSUER_EMAIL',
    z.string().max(254).default('billing@millrace.test'),
    "The issuer's address for questions",
  ),
  ...providerSettings,
  jwtSecret: setting(
    'JWT_SECRET',
    secretList.optional(),
    'Signs access tokens; a comma-separated list, the first signs, all verify',
    true,
  ),
  encryptionKey: setting(
    'ENCRYPTION_KEY',
    secretList.optional(),
    'Encrypts stored secrets; a comma-separated list, the first encrypts, all decrypt',
    true,
  ),
  stripeConnectEnabled: setting('STRIPE_CONNECT_ENABLED', flag.default(true), 'Whether sellers may connect an account'),
  platformFeeRate: setting(
    'PLATFORM_FEE_RATE',
    z.coerce.number().min(0).max(1).default(0.1),
    "The platform's share of each sale",
  ),
  transferRetryEnabled: setting(
    'TRANSFER_RETRY_ENABLED',
    flag.default(true),
    'Whether failed transfers are retried by themselves',
  ),
  host: setting('HOST', z.string().default('127.0.0.1'), 'The address that servers bind'),
  port: setting('PORT', port.default(8080), 'The edge; 0 takes a free one'),
  opsPort: setting(
    'OPS_PORT',
    port.default(9090),
    'Health and metrics of every process that is not an edge; 0 takes a free one',
  ),
  publicUrl: setting('PUBLIC_URL', z.url().optional(), 'How clients reach the edge; unset: its own address'),
  trustProxy: setting('TRUST_PROXY', flag.default(false), 'Whether X-Forwarded-For names the client'),
  corsOrigins: setting('CORS_ORIGINS', list.default([]), 'Origins that browsers may call from; * for all'),
  logLevel: setting(
    'LOG_LEVEL',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    'Each request and job end is a line at info',
  ),
  dbPoolSize: setting('DB_POOL_SIZE', integer(1, 200).default(10), 'Connections for routes and handlers'),
  spinePoolSize: setting('SPINE_POOL_SIZE', integer(1, 50).default(4), "Connections for the spine's own statements"),
  workerKinds: setting('WORKER_KINDS', list.default([]), 'Kinds that this worker runs; unset: all'),
  leaseMs: setting(
    'LEASE_MS',
    integer(1_000, 600_000).default(10_000),
    "A worker process's lease; its heartbeat is a fifth of that",
  ),
  relayEveryMs: setting('RELAY_EVERY_MS', integer(10, 60_000).default(250), 'How often due jobs are looked for'),
  shutdownGraceMs: setting(
    'SHUTDOWN_GRACE_MS',
    integer(0, 600_000).default(25_000),
    'How long running jobs and requests may finish at SIGTERM',
  ),
  keepJobsMs: setting(
    'KEEP_JOBS_MS',
    integer(60_000, 10 * 365 * 86_400_000).default(30 * 86_400_000),
    'How long final jobs are kept',
  ),
  maxLiveJobsPerOwner: setting(
    'MAX_LIVE_JOBS_PER_OWNER',
    integer(1, 100_000_000).default(500_000),
    'Waiting jobs per owner before posts answer 429',
  ),
  requestsPerMinute: setting(
    'REQUESTS_PER_MINUTE',
    integer(1, 100_000_000).default(600),
    'Per user (or address) and process',
  ),
  serviceRequestsPerMinute: setting(
    'SERVICE_REQUESTS_PER_MINUTE',
    integer(1, 100_000_000).default(1_000_000),
    'Per service key and process',
  ),
  echoKinds: setting(
    'ECHO_KINDS_ENABLED',
    flag.optional(),
    'Whether noop kinds may be posted; unset: not in production',
  ),
  deliveryLimit: setting(
    'DELIVERY_LIMIT',
    integer(1, 1_000).default(20),
    "Returns to a queue before a message is dead-lettered; Pub/Sub's range is 5 to 100",
  ),
  ...sandboxSettings,
} as const satisfies Record<string, Setting>;
