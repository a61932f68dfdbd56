import { createHash, randomFillSync } from 'node:crypto';

const poolBytes = 4_096;
const pool = Buffer.allocUnsafe(poolBytes);
let used = poolBytes;
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A UUID of version 7 (RFC 9562 § 5.7): 48 bits of milliseconds, then random bits. Ordered by time to the millisecond,
 * which keeps the primary key's inserts at its right edge and lets the reaper walk the oldest rows by id alone.
 */
export function uuidV7(nowMs: number = Date.now()): string {
  if (used + 10 > poolBytes) {
    randomFillSync(pool);
    used = 0;
  }
  const at = used;
  used += 10;
  const byte = (index: number) => hex[pool[at + index] as number] as string;
  const time = nowMs.toString(16).padStart(12, '0');
  const version = hex[((pool[at] as number) & 0x0f) | 0x70] as string;
  const variant = hex[((pool[at + 2] as number) & 0x3f) | 0x80] as string;
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${byte(1)}-${variant}${byte(3)}-${byte(4)}${byte(5)}${byte(6)}${byte(7)}${byte(8)}${byte(9)}`;
}

/** A UUID of version 8 (RFC 9562 § 5.8): the same text, the same id. Not ordered by time. */
export function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The smallest version-7 id of a moment: `id < uuidV7Floor(t)` means "made before t". */
export function uuidV7Floor(atMs: number): string {
  const time = Math.max(0, Math.floor(atMs)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Any well-formed UUID, whatever its version. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
