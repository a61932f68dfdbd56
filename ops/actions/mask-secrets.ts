import { redactedFields } from '../../shared/log.ts';

/** `downloadUrl`: an export's, which opens a person's file to whoever has it. */
const secretFields = new Set<string>([...redactedFields, 'downloadUrl']);

/** A copy of a JSON value in which every field that a log would not show is masked, at whatever depth. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, secretFields.has(name) ? '[redacted]' : maskSecrets(inner)]),
  );
}
