import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../shared/config.ts';
import { type HyperswitchSandbox, startHyperswitchSandbox } from './hyperswitch/server.ts';
import { type Outbox, startOutbox } from './outbox/server.ts';
import { type StripeSandbox, startStripeSandbox } from './stripe/server.ts';

/** The local stand-ins of the outside, each speaking its provider's own wire protocol. */
export interface Sandbox {
  stripe: StripeSandbox;
  hyperswitch: HyperswitchSandbox;
  outbox: Outbox;
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
>;

type SandboxConfig = SandboxSettings &
  Pick<
    Config,
    | 'host'
    | 'sandboxPort'
    | 'sandboxHyperswitchPort'
    | 'sandboxMailPort'
    | 'sandboxOutboxPort'
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
    const outbox = await startOutbox({
      host,
      port: config.sandboxMailPort,
      httpPort: config.sandboxOutboxPort,
      dir: join(dir, 'outbox'),
    });
    stops.push(() => outbox.stop());
    return { stripe, hyperswitch, outbox, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function settingsOf({ stripe, hyperswitch, outbox }: Sandbox): SandboxSettings {
  return {
    stripeSecretKey: stripe.apiKey,
    stripeApiBase: stripe.url,
    hyperswitchApiKey: hyperswitch.apiKey,
    hyperswitchApiBase: hyperswitch.url,
    hyperswitchWebhookSecret: [hyperswitch.webhookSecret],
    smtpUrl: outbox.smtpUrl,
  };
}
