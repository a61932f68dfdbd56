import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../shared/config.ts';
import { type ClerkSandbox, startClerkSandbox } from './clerk/server.ts';
import { type HyperswitchSandbox, startHyperswitchSandbox } from './hyperswitch/server.ts';
import { type IdentitySandbox, startIdentitySandbox } from './identity/server.ts';
import { type ModelSandbox, startModelSandbox } from './model/server.ts';
import { type Outbox, startOutbox } from './outbox/server.ts';
import { type StripeSandbox, startStripeSandbox } from './stripe/server.ts';
import { startTwilioSandbox, type TwilioSandbox } from './twilio/server.ts';

/** The local stand-ins of the outside, each speaking its provider's own wire protocol. */
export interface Sandbox {
  stripe: StripeSandbox;
  hyperswitch: HyperswitchSandbox;
  outbox: Outbox;
  identity: IdentitySandbox;
  clerk: ClerkSandbox;
  model: ModelSandbox;
  twilio: TwilioSandbox;
  stop: () => Promise<void>;
}

/** The settings that lead to a sandbox. */
export type SandboxSettings = Pick<
  Config,
  | 'stripeSecretKey'
  | 'stripeApiBase'
  | 'hyperswitchApiKey'
  | 'hyperswitchApiBase'
  | 'hyperswitchWebhookSecret'
  | 'smtpUrl'
  | 'firebaseProjectId'
  | 'firebaseApiKey'
  | 'firebaseAuthBase'
  | 'firebaseJwksUrl'
  | 'firebaseIssuer'
  | 'clerkIssuer'
  | 'clerkJwksUrl'
  | 'modelUrl'
  | 'modelName'
  | 'twilioAccountSid'
  | 'twilioAuthToken'
  | 'twilioApiBase'
  | 'twilioSmsFrom'
  | 'twilioWhatsappFrom'
>;

type SandboxConfig = SandboxSettings &
  Pick<
    Config,
    | 'host'
    | 'sandboxPort'
    | 'sandboxHyperswitchPort'
    | 'sandboxMailPort'
    | 'sandboxOutboxPort'
    | 'sandboxIdentityPort'
    | 'sandboxClerkPort'
    | 'sandboxModelPort'
    | 'sandboxTwilioPort'
    | 'sandboxPublicUrl'
    | 'sandboxWebhookUrl'
  >;

/** Starts all of it. What it keeps is kept under `dir`; keys are the configured ones, or made up for the sandbox. */
export async function startSandbox(config: SandboxConfig, dir: string): Promise<Sandbox> {
  mkdirSync(dir, { recursive: true });
  const [webhookSecret] = config.hyperswitchWebhookSecret ?? [];
  const { host, sandboxPublicUrl, sandboxWebhookUrl } = config;
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.all(stops.splice(0).map(end => end()));
  };
  try {
    const stripe = await startStripeSandbox({
      host,
      port: config.sandboxPort,
      apiKey: config.stripeSecretKey ?? 'sk_test_sandbox',
      file: join(dir, 'stripe.log'),
      ...(sandboxPublicUrl === undefined ? {} : { publicUrl: sandboxPublicUrl }),
    });
    stops.push(() => stripe.stop());
    const hyperswitch = await startHyperswitchSandbox({
      host,
      port: config.sandboxHyperswitchPort,
      apiKey: config.hyperswitchApiKey ?? 'snd_sandbox',
      file: join(dir, 'hyperswitch.log'),
      ...(webhookSecret === undefined ? {} : { webhookSecret }),
      ...(sandboxWebhookUrl === undefined ? {} : { webhookUrl: sandboxWebhookUrl }),
    });
    stops.push(() => hyperswitch.stop());
    const { twilioAccountSid, twilioAuthToken, twilioSmsFrom, twilioWhatsappFrom } = config;
    const twilio = await startTwilioSandbox({
      host,
      port: config.sandboxTwilioPort,
      file: join(dir, 'twilio.log'),
      ...(twilioAccountSid === undefined ? {} : { accountSid: twilioAccountSid }),
      ...(twilioAuthToken === undefined ? {} : { authToken: twilioAuthToken }),
      ...(twilioSmsFrom === undefined ? {} : { smsFrom: twilioSmsFrom }),
      ...(twilioWhatsappFrom === undefined ? {} : { whatsappFrom: twilioWhatsappFrom }),
    });
    stops.push(() => twilio.stop());
    const outbox = await startOutbox({
      host,
      port: config.sandboxMailPort,
      httpPort: config.sandboxOutboxPort,
      dir: join(dir, 'outbox'),
      texts: twilio.messages,
    });
    stops.push(() => outbox.stop());
    const identity = await startIdentitySandbox({
      host,
      port: config.sandboxIdentityPort,
      file: join(dir, 'identity.log'),
      projectId: config.firebaseProjectId ?? 'demo-millrace',
      apiKey: config.firebaseApiKey ?? 'sandbox-firebase-key',
    });
    stops.push(() => identity.stop());
    const clerk = await startClerkSandbox({
      host,
      port: config.sandboxClerkPort,
      file: join(dir, 'clerk.log'),
      ...(config.clerkIssuer === undefined ? {} : { issuer: config.clerkIssuer }),
    });
    stops.push(() => clerk.stop());
    const model = await startModelSandbox({ host, port: config.sandboxModelPort });
    stops.push(() => model.stop());
    return { stripe, hyperswitch, outbox, identity, clerk, model, twilio, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What each stand-in is for, and how one knows that the real provider is configured. */
const markOf = {
  stripe: 'stripeSecretKey',
  hyperswitch: 'hyperswitchApiKey',
  smtp: 'smtpUrl',
  identity: 'firebaseProjectId',
  clerk: 'clerkIssuer',
  model: 'modelUrl',
  twilio: 'twilioAccountSid',
} as const;
export type Provider = keyof typeof markOf;
export const providers = Object.keys(markOf) as Provider[];

export function unconfiguredProviders(config: Config): Provider[] {
  return providers.filter(provider => config[markOf[provider]] === undefined);
}

/** The settings that lead to the sandbox instead of these providers. */
export function settingsOf(
  { stripe, hyperswitch, outbox, identity, clerk, model, twilio }: Sandbox,
  unconfigured: readonly Provider[],
): Partial<SandboxSettings> {
  const settings: Record<Provider, Partial<SandboxSettings>> = {
    stripe: { stripeSecretKey: stripe.apiKey, stripeApiBase: stripe.url },
    hyperswitch: {
      hyperswitchApiKey: hyperswitch.apiKey,
      hyperswitchApiBase: hyperswitch.url,
      hyperswitchWebhookSecret: [hyperswitch.webhookSecret],
    },
    smtp: { smtpUrl: outbox.smtpUrl },
    identity: {
      firebaseProjectId: identity.projectId,
      firebaseApiKey: identity.apiKey,
      firebaseAuthBase: identity.url,
      firebaseJwksUrl: identity.jwksUrl,
      firebaseIssuer: identity.issuer,
    },
    clerk: { clerkIssuer: clerk.issuer, clerkJwksUrl: clerk.jwksUrl },
    model: { modelUrl: model.url, modelName: model.model },
    twilio: {
      twilioAccountSid: twilio.accountSid,
      twilioAuthToken: twilio.authToken,
      twilioApiBase: twilio.url,
      twilioSmsFrom: twilio.smsFrom,
      twilioWhatsappFrom: twilio.whatsappFrom,
    },
  };
  return Object.assign({}, ...unconfigured.map(provider => settings[provider])) as Partial<SandboxSettings>;
}
