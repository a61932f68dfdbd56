import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';

interface MadeSecrets {
  jwtSecret: string[];
  encryptionKey: string[];
}

/**
 * Fills in the secrets that were not configured, made once and kept under `DATA_DIR` (mode 0600) so that tokens outlive a
 * restart. Production never gets here without its own: the configuration requires them.
 */
export function completeSecrets(config: Config): Config & MadeSecrets {
  const { jwtSecret, encryptionKey } = config;
  if (jwtSecret && encryptionKey) return { ...config, jwtSecret, encryptionKey };
  const made = readOrMake(config.dataDir);
  return { ...config, jwtSecret: jwtSecret ?? made.jwtSecret, encryptionKey: encryptionKey ?? made.encryptionKey };
}

function readOrMake(dataDir: string): MadeSecrets {
  const file = join(dataDir, 'secrets.json');
  const secret = () => [randomBytes(32).toString('base64url')];
  mkdirSync(dataDir, { recursive: true });
  try {
    // Exclusive: of two processes that start at once, one makes the secrets and the other reads them.
    writeFileSync(file, JSON.stringify({ jwtSecret: secret(), encryptionKey: secret() }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return JSON.parse(readFileSync(file, 'utf8')) as MadeSecrets;
}
