import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Field names whose values never reach a log, at the top and one or two levels down. */
export const redactedFields = [
  'password',
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'access_token',
  'refresh_token',
  'accessToken',
  'refreshToken',
  'idToken',
  'sessionInfo',
  'sessionToken',
  'secret',
  'client_secret',
  'clientSecret',
  'apiKey',
  'key',
  'stream_key',
  'accountNumber',
  'routingNumber',
  'nationalId',
  'nationalIdSealed',
  'accountSealed',
  'ssn',
] as const;

const paths = redactedFields.flatMap(field => {
  const name = `["${field}"]`;
  return [name, `*${name}`, `*.*${name}`];
});

/**
 * One JSON line per event on standard output, written synchronously: faster than an asynchronous destination in our
 * measurements, and the last lines before a crash are there.
 */
export function createLog(options: { level: string; name: string }): Log {
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths, censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      base: { pid: process.pid },
    },
    pino.destination({ fd: 1, sync: true }),
  );
}
