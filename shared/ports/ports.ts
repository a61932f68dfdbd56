import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import { type ClerkPort, createClerkPort } from './clerk.ts';
import { createFilesPort, type FilesPort } from './files.ts';
import { createHyperswitchPort, type HyperswitchPort } from './hyperswitch.ts';
import { createIdentityPort, type IdentityPort } from './identity.ts';
import { createMailerPort, type MailerPort } from './mailer.ts';
import { createModelPort, type ModelPort } from './model.ts';
import { createStripePort, type StripePort } from './stripe.ts';
import { createTexterPort, type TexterPort } from './texter.ts';

/** Everything outside that our code may touch, each behind the real client library. */
export interface Ports {
  stripe: StripePort;
  hyperswitch: HyperswitchPort;
  files: FilesPort;
  mailer: MailerPort;
  identity: IdentityPort;
  clerk: ClerkPort;
  /** Null where no model is configured. */
  model: ModelPort | null;
  /** Null where no provider of SMS and WhatsApp is configured. */
  texter: TexterPort | null;
}
export type PortName = keyof Ports;

/**
 * Connects to nothing yet. Throws if a provider is not configured; `npm start` configures the sandbox.
 * @param publicUrl how clients reach the edge, where that is known only once it listens.
 */
export function connectPorts(
  config: Config,
  metrics: Metrics,
  publicUrl: () => string = () => publicUrlOf(config),
): Ports {
  const missing: string[] = [];
  const required = (value: string | undefined, env: string): string => {
    if (value === undefined) missing.push(env);
    return value ?? '';
  };
  const stripeSecretKey = required(config.stripeSecretKey, 'STRIPE_SECRET_KEY');
  const hyperswitchApiKey = required(config.hyperswitchApiKey, 'HYPERSWITCH_API_KEY');
  const hyperswitchApiBase = required(config.hyperswitchApiBase, 'HYPERSWITCH_API_BASE');
  const smtpUrl = required(config.smtpUrl, 'SMTP_URL');
  const projectId = required(config.firebaseProjectId, 'FIREBASE_PROJECT_ID');
  const firebaseApiKey = required(config.firebaseApiKey, 'FIREBASE_API_KEY');
  const clerkIssuer = required(config.clerkIssuer, 'CLERK_ISSUER');
  const { twilioAccountSid } = config;
  const twilioAuthToken = twilioAccountSid === undefined ? '' : required(config.twilioAuthToken, 'TWILIO_AUTH_TOKEN');
  if (missing.length > 0)
    throw new Error(`${missing.join(', ')}: not set; "npm start" brings a sandbox of each provider`);
  const seen =
    (provider: string) =>
    ({ operation, status, durationMs }: { operation: string; status: number | null; durationMs: number }) =>
      metrics.providerCalls.observe(
        { provider, operation, outcome: status === null ? 'none' : String(status) },
        durationMs / 1_000,
      );
  return {
    stripe: createStripePort({
      secretKey: stripeSecretKey,
      timeoutMs: config.stripeTimeoutMs,
      ...(config.stripeApiBase === undefined ? {} : { apiBase: config.stripeApiBase }),
      onRequest: seen('stripe'),
    }),
    hyperswitch: createHyperswitchPort({
      apiKey: hyperswitchApiKey,
      apiBase: hyperswitchApiBase,
      onRequest: seen('hyperswitch'),
    }),
    files: connectFiles(config, publicUrl),
    mailer: createMailerPort({
      url: smtpUrl,
      from: config.mailFrom,
      onSend: ({ outcome, durationMs }) =>
        metrics.providerCalls.observe({ provider: 'smtp', operation: 'send', outcome }, durationMs / 1_000),
    }),
    identity: createIdentityPort({
      projectId,
      apiKey: firebaseApiKey,
      ...(config.firebaseAuthBase === undefined ? {} : { apiBase: config.firebaseAuthBase }),
      ...(config.firebaseJwksUrl === undefined ? {} : { jwksUrl: config.firebaseJwksUrl }),
      ...(config.firebaseIssuer === undefined ? {} : { issuer: config.firebaseIssuer }),
      emulator: config.firebaseEmulatorHost !== undefined,
      onRequest: seen('identity'),
    }),
    clerk: createClerkPort({
      issuer: clerkIssuer,
      jwksUrl: config.clerkJwksUrl,
      audience: config.clerkAudience,
      authorizedParties: config.clerkAuthorizedParties,
      onFetch: (status, durationMs) => seen('clerk')({ operation: 'keys', status, durationMs }),
    }),
    model:
      config.modelUrl === undefined
        ? null
        : createModelPort({
            url: config.modelUrl,
            model: config.modelName,
            ...(config.modelApiKey === undefined ? {} : { apiKey: config.modelApiKey }),
            onRequest: seen('model'),
          }),
    texter:
      twilioAccountSid === undefined
        ? null
        : createTexterPort({
            accountSid: twilioAccountSid,
            authToken: twilioAuthToken,
            apiBase: config.twilioApiBase,
            smsFrom: config.twilioSmsFrom ?? null,
            whatsappFrom: config.twilioWhatsappFrom ?? null,
            receiptUrl: () => receiptUrlOf(publicUrl()),
            onRequest: seen('twilio'),
          }),
  };
}

/** The file store alone. Connects to nothing yet. */
export function connectFiles(config: Config, publicUrl: () => string): FilesPort {
  const { filesUrl: url, dataDir, s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
  return createFilesPort({
    url,
    dir: join(dataDir, 'files'),
    publicUrl,
    signingKeys: config.jwtSecret ?? [],
    ...(accessKeyId === undefined || secretAccessKey === undefined ? {} : { s3: { accessKeyId, secretAccessKey } }),
  });
}

/** How clients reach the edge. */
export function publicUrlOf(config: Pick<Config, 'publicUrl' | 'host' | 'port'>): string {
  return config.publicUrl ?? `http://${config.host}:${config.port}`;
}

/** Where the texter's provider reports what becomes of a message: the edge's webhook. */
export function receiptUrlOf(edgeUrl: string): string {
  return `${edgeUrl.replace(/\/+$/, '')}/v1/webhooks/twilio`;
}

/** Ends what the ports keep open. */
export async function closePorts(ports: Pick<Ports, 'files' | 'mailer'>): Promise<void> {
  ports.files.close();
  await ports.mailer.close();
}
