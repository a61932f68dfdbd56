import { z } from 'zod';
import { integer, list, secretList, type Setting, setting } from './setting.ts';

/** How the outside is reached: payments, files, identities, mail, texts, models. */
export const providerSettings = {
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
} as const satisfies Record<string, Setting>;
