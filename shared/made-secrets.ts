import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';

/** What may be made up where nothing real depends on it. */
const names = ['jwtSecret', 'encryptionKey', 'liveHookSecret', 'hyperswitchWebhookSecret'] as const;
type MadeSecrets = Record<(typeof names)[number], string[]>;

/**
 * Fills in the secrets that were not configured, made once and kept under `DATA_DIR` (mode 0600) so that tokens outlive a
 * restart. Production makes none: the configuration requires those that it cannot do without.
 */
export function completeSecrets(config: Config): Config {
  if (config.nodeEnv === 'production' || names.every(name => config[name])) return config;
  const made = readOrMake(config.dataDir);
  const completed = { ...config };
  for (const name of names) completed[name] ??= made[name];
  return completed;
}

function readOrMake(dataDir: string): MadeSecrets {
  const file = join(dataDir, 'secrets.json');
  const fresh = Object.fromEntries(names.map(name => [name, [randomBytes(32).toString('base64url')]])) as MadeSecrets;
  mkdirSync(dataDir, { recursive: true });
  try {
    // Exclusive: of two processes that start at once, one makes the secrets and the other reads them.
    writeFileSync(file, JSON.stringify(fresh), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<MadeSecrets>;
  if (names.every(name => kept[name])) return kept as MadeSecrets;
  // A file of an older build lacks what was added since.
  const completed = { ...fresh, ...kept };
  writeFileSync(file, JSON.stringify(completed), { mode: 0o600 });
  return completed;
}
