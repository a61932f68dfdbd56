import { Fault } from '../../shared/fault.ts';
import { isUuid } from '../../shared/uuid.ts';

/** An opaque place in a list. */
export function encodeCursor(beforeId: string | null): string | null {
  return beforeId === null ? null : Buffer.from(beforeId.replaceAll('-', ''), 'hex').toString('base64url');
}

/** Throws `Fault('invalid')` for a text that no list has handed out. */
export function decodeCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const hex = /^[\w-]{22}$/.test(cursor) ? Buffer.from(cursor, 'base64url').toString('hex') : '';
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  if (!isUuid(id)) throw new Fault('invalid', 'The cursor is not one of ours.', { reason: 'INVALID_CURSOR' });
  return id;
}
