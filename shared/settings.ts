import { z } from 'zod';

/** One setting: its environment variable, what it may be, what it means. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  env: string;
  schema: Schema;
  secret?: boolean;
  summary: string;
}

const flag = z.enum(['true', 'false', '1', '0']).transform(text => text === 'true' || text === '1');
const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const list = z.string().transform(text =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== ''),
);
const port = integer(0, 65_535);
const secretList = list.refine(
  parts => parts.length > 0 && parts.every(part => part.length >= 32),
  'needs at least one secret of 32 characters or more',
);

function setting<Schema extends z.ZodType>(
  env: string,
  schema: Schema,
  summary: string,
  secret = false,
): Setting<Schema> {
  return { env, schema, summary, secret };
}

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
      .regex(/^(amqps?|pubsub|memory):/, 'must be amqp://…, amqps://… or memory:')
      .optional(),
    'RabbitMQ; unset: a private node when rabbitmq-server is installed, else memory',
    true,
  ),
  dataDir: setting(
    'DATA_DIR',
    z.string().default('.data'),
    'Where embedded services, made secrets and the demo file live',
  ),
  stripeSecretKey: setting('STRIPE_SECRET_KEY', z.string().optional(), "Stripe's secret key; unset: the sandbox", true),
  stripeApiBase: setting('STRIPE_API_BASE', z.url().optional(), "Where Stripe's API is, when it isn't Stripe's own"),
  stripeTimeoutMs: setting('STRIPE_TIMEOUT_MS', integer(100, 120_000).default(20_000), 'Per call'),
  hyperswitchApiKey: setting(
    'HYPERSWITCH_API_KEY',
    z.string().optional(),
    "Hyperswitch's API key, through which buyers pay; unset: the sandbox",
    true,
  ),
  hyperswitchApiBase: setting(
    'HYPERSWITCH_API_BASE',
    z.url().optional(),
    "Where Hyperswitch's API is; needed with HYPERSWITCH_API_KEY",
  ),
  hyperswitchWebhookSecret: setting(
    'HYPERSWITCH_WEBHOOK_SECRET',
    secretList.optional(),
    "Signs Hyperswitch's webhooks (its payment response hash key); a comma-separated list, all verify",
    true,
  ),
  filesUrl: setting(
    'FILES_URL',
    z
      .string()
      .regex(/^s3:\/\//, 'must be s3://bucket?endpoint=…&region=…')
      .optional(),
    'Where files are kept: S3, R2, MinIO; unset: DATA_DIR/files',
    true,
  ),
  s3AccessKeyId: setting('S3_ACCESS_KEY_ID', z.string().optional(), 'For FILES_URL', true),
  s3SecretAccessKey: setting('S3_SECRET_ACCESS_KEY', z.string().optional(), 'For FILES_URL', true),
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
  firebaseProjectId: setting(
    'FIREBASE_PROJECT_ID',
    z.string().optional(),
    'Whose ID tokens the workforce surface takes; unset: the sandbox',
  ),
  firebaseApiKey: setting('FIREBASE_API_KEY', z.string().optional(), "Identity Toolkit's web API key", true),
  firebaseAuthBase: setting(
    'FIREBASE_AUTH_BASE',
    z.url().optional(),
    "Where Identity Toolkit is, when it isn't Google's own",
  ),
  firebaseJwksUrl: setting(
    'FIREBASE_JWKS_URL',
    z.url().optional(),
    "Where the tokens' key set is, when it isn't Google's own",
  ),
  firebaseIssuer: setting('FIREBASE_ISSUER', z.string().optional(), "The tokens' issuer, when it isn't Google's own"),
  firebaseEmulatorHost: setting(
    'FIREBASE_AUTH_EMULATOR_HOST',
    z.string().optional(),
    "The provider's own emulator, which signs nothing: never in production",
  ),
  clerkIssuer: setting(
    'CLERK_ISSUER',
    z.url().optional(),
    "Whose session tokens the fieldservice surface takes, e.g. https://clerk.example.com; unset: the sandbox. Add `email` and `name` to the instance's session token: invites are bound to the one, audits print the other",
  ),
  clerkJwksUrl: setting(
    'CLERK_JWKS_URL',
    z.url().optional(),
    "Where the tokens' key set is, when it isn't CLERK_ISSUER/.well-known/jwks.json",
  ),
  clerkAudience: setting('CLERK_AUDIENCE', z.string().optional(), 'Whom the tokens must be for; unset: not looked at'),
  clerkAuthorizedParties: setting(
    'CLERK_AUTHORIZED_PARTIES',
    list.default([]),
    'Origins that tokens may be made for (azp); unset: any',
  ),
  twilioAccountSid: setting('TWILIO_ACCOUNT_SID', z.string().optional(), 'Sends SMS and WhatsApp; unset: the sandbox'),
  twilioAuthToken: setting('TWILIO_AUTH_TOKEN', z.string().optional(), 'Signs its requests and receipts', true),
  twilioApiBase: setting('TWILIO_API_BASE', z.url().optional(), "Where Twilio's API is, when it isn't Twilio's own"),
  twilioSmsFrom: setting(
    'TWILIO_SMS_FROM',
    z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'must be a number like +15005550006')
      .optional(),
    'The number that SMS are sent from',
  ),
  twilioWhatsappFrom: setting(
    'TWILIO_WHATSAPP_FROM',
    z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'must be a number like +14155238886')
      .optional(),
    'The number that WhatsApp messages are sent from',
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
  modelUrl: setting(
    'MODEL_URL',
    z.url().optional(),
    'An OpenAI-compatible endpoint for /invoke-llm, e.g. https://api.example.com/v1; unset: the sandbox, in production none',
  ),
  modelApiKey: setting('MODEL_API_KEY', z.string().optional(), 'For MODEL_URL', true),
  modelName: setting('MODEL_NAME', z.string().default('sandbox-model'), 'The model that is asked for'),
  smtpUrl: setting(
    'SMTP_URL',
    z
      .string()
      .regex(/^smtps?:\/\//, 'must be smtp://… or smtps://…')
      .optional(),
    "Where mail is handed over; unset: the sandbox's outbox",
    true,
  ),
  mailFrom: setting('MAIL_FROM', z.string().default('Millrace <no-reply@millrace.test>'), 'The sender of every mail'),
  liveRtmpUrl: setting(
    'LIVE_RTMP_URL',
    z
      .string()
      .regex(/^rtmps?:\/\//, 'must be rtmp://… or rtmps://…')
      .default('rtmp://localhost:1935/live'),
    'Where streamers send their streams',
  ),
  liveHookSecret: setting(
    'LIVE_HOOK_SECRET',
    secretList.optional(),
    'What the RTMP server shows when it calls back; a comma-separated list; unset in production: nobody may call',
    true,
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
  sandboxPort: setting('SANDBOX_PORT', port.default(0), "The sandbox's Stripe server"),
  sandboxHyperswitchPort: setting('SANDBOX_HYPERSWITCH_PORT', port.default(0), "The sandbox's Hyperswitch server"),
  sandboxMailPort: setting('SANDBOX_MAIL_PORT', port.default(0), "The sandbox's SMTP server"),
  sandboxOutboxPort: setting('SANDBOX_OUTBOX_PORT', port.default(0), "The sandbox's outbox, for browsers"),
  sandboxIdentityPort: setting('SANDBOX_IDENTITY_PORT', port.default(0), "The sandbox's identity server"),
  sandboxClerkPort: setting('SANDBOX_CLERK_PORT', port.default(0), "The sandbox's issuer of Clerk's session tokens"),
  sandboxTwilioPort: setting('SANDBOX_TWILIO_PORT', port.default(0), "The sandbox's Twilio server"),
  sandboxModelPort: setting('SANDBOX_MODEL_PORT', port.default(0), "The sandbox's model"),
  sandboxWebhookUrl: setting(
    'SANDBOX_WEBHOOK_URL',
    z.url().optional(),
    'Where the sandbox sends its webhooks; unset: the edge of the same process',
  ),
  sandboxPublicUrl: setting(
    'SANDBOX_PUBLIC_URL',
    z.url().optional(),
    'How browsers reach the sandbox; unset: its own address',
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
    'Returns to a RabbitMQ queue before a message is dead-lettered',
  ),
  sandboxAllowed: setting(
    'SANDBOX_ENABLED',
    flag.default(false),
    'Names the sandbox on purpose, for production-like trials',
  ),
} as const satisfies Record<string, Setting>;
