import { createRequire } from 'node:module';

/** Of this build, from package.json. */
export const version: string = readVersion();

function readVersion(): string {
  const require = createRequire(import.meta.url);
  // One level up in the source tree, two in the built one.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (require(path) as { version: string }).version;
    } catch {}
  }
  return 'unknown';
}
