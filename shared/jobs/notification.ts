import { z } from 'zod';
import { defineJob } from '../job.ts';

/** Sends a notification, for every area: by e-mail, the fieldservice's by SMS and WhatsApp too. Its row was there before. */
export const notification = defineJob({
  kind: 'notification',
  version: 2,
  summary: 'Sends a notification by e-mail, SMS or WhatsApp.',
  area: 'core',
  effect: 'remote',
  payload: z.strictObject({ area: z.enum(['workforce', 'fieldservice']), notificationId: z.uuid() }),
  // Version 1 knew one area only.
  upgrade: payload => payload,
  result: z.strictObject({
    /** Whether this job handed the message over. */
    sent: z.boolean(),
    /** Why not: there is no such notification, its user has named no e-mail address, or it had been sent or had failed before. */
    why: z.enum(['gone', 'no_address', 'settled']).nullable(),
    /** The provider's name for the message: a Message-ID, Twilio's SID. */
    providerMessageId: z.string().nullable(),
  }),
  uniqueKey: ({ area, notificationId }) => `notification:${area}:${notificationId}`,
  jobsPerMessage: 25,
  concurrency: 10,
  timeoutMs: 60_000,
  // 30 s, ×3, at most 2 h: a mail server may be away for hours; much later nobody needs to be told.
  retry: { attempts: 10, firstDelayMs: 30_000, factor: 3, maxDelayMs: 2 * 3_600_000, jitter: 0.1 },
  access: { post: [], see: 'operator', cancel: 'operator' },
});
