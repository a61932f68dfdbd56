import type { z } from 'zod';
import type { Setting } from './setting.ts';
import { settings } from './settings.ts';

type Settings = typeof settings;
export type Config = { [Name in keyof Settings]: z.output<Settings[Name]['schema']> };

/** All mistakes of a configuration in one message, a line each. */
export class ConfigError extends Error {
  constructor(mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map(line => `  ${line}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/** Reads the whole configuration once. Empty variables count as unset. Throws `ConfigError` with every mistake at once. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, { env: variable, schema }] of Object.entries(settings) as [string, Setting][]) {
    const given = env[variable];
    const parsed = schema.safeParse(given === '' ? undefined : given);
    if (parsed.success) config[name] = parsed.data;
    else mistakes.push(`${variable}: ${parsed.error.issues.map(issue => issue.message).join('; ')}`);
  }
  if (mistakes.length === 0) mistakes.push(...contradictions(config as Config, env));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config as Config;
}

function contradictions(config: Config, env: Readonly<Record<string, string | undefined>>): string[] {
  const mistakes: string[] = [];
  if (config.nodeEnv === 'production') {
    const required: (keyof Config)[] = ['databaseUrl', 'brokerUrl', 'jwtSecret', 'encryptionKey'];
    if (!config.sandboxAllowed)
      required.push(
        'stripeSecretKey',
        'hyperswitchApiKey',
        'hyperswitchWebhookSecret',
        'smtpUrl',
        'firebaseProjectId',
        'firebaseApiKey',
        'clerkIssuer',
      );
    for (const name of required) {
      if (config[name] === undefined) mistakes.push(`${settings[name].env}: required with NODE_ENV=production`);
    }
    if (config.brokerUrl?.startsWith('memory:')) mistakes.push('BROKER_URL: memory: carries nothing between processes');
    if (config.pubsubEmulatorHost !== undefined && !config.sandboxAllowed)
      mistakes.push('PUBSUB_EMULATOR_HOST: keeps nothing safe and must not be set with NODE_ENV=production');
    if (env['FIREBASE_AUTH_EMULATOR_HOST'])
      mistakes.push('FIREBASE_AUTH_EMULATOR_HOST: turns token checks off and must not be set with NODE_ENV=production');
  }
  if (config.hyperswitchApiKey !== undefined && config.hyperswitchApiBase === undefined)
    mistakes.push('HYPERSWITCH_API_BASE: needed with HYPERSWITCH_API_KEY');
  if (config.hyperswitchApiKey !== undefined && config.hyperswitchWebhookSecret === undefined)
    mistakes.push('HYPERSWITCH_WEBHOOK_SECRET: needed with HYPERSWITCH_API_KEY');
  if (config.twilioAccountSid !== undefined && config.twilioAuthToken === undefined)
    mistakes.push('TWILIO_AUTH_TOKEN: needed with TWILIO_ACCOUNT_SID');
  return mistakes;
}

/** Each setting with its value as text, secrets masked: what `ops config` prints. */
export function describeConfig(config: Config): { env: string; value: string; summary: string }[] {
  return (Object.entries(settings) as [keyof Config, Setting][]).map(([name, { env, secret, summary }]) => {
    const value = config[name];
    const text = value === undefined ? '(unset)' : Array.isArray(value) ? value.join(',') : String(value);
    return { env, value: secret && value !== undefined ? '********' : text, summary };
  });
}
