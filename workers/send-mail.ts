import { raiseAlert } from '../db/core/alerts.ts';
import { Fault } from '../shared/fault.ts';
import { type Mail, MailerFailure } from '../shared/ports/mailer.ts';
import type { RemoteContext } from './handler.ts';

/**
 * Hands a mail over and says what a failure means for the job: one that no try will deliver ends it, anything else is
 * tried again. SMTP can't promise that a mail leaves once: a connection may break after the server took the mail and before
 * it said so. `onceKey` makes the repeat carry the same Message-ID, by which receivers drop it.
 */
export async function sendMail(ctx: RemoteContext<'mailer'>, mail: Mail): Promise<{ messageId: string }> {
  try {
    return await ctx.ports.mailer.send(mail, { signal: ctx.signal });
  } catch (error) {
    if (!(error instanceof MailerFailure)) throw error;
    if (error.outcome === 'refused')
      throw new Fault('unprocessable', 'The mail server refuses this mail.', { reason: 'mail_refused', cause: error });
    if (error.outcome === 'misconfigured') {
      const details = { message: error.message, responseCode: error.responseCode };
      // One wrong password stops every mail: one alert, not thousands. They go out once it is put right.
      await ctx.transact(tx => raiseAlert(tx, { kind: 'mailer_misconfigured', subject: 'mailer', details }));
    }
    throw new Fault('unavailable', 'The mail server did not take the mail.', {
      reason: error.outcome === 'retry' ? 'mail_not_taken' : 'mailer_misconfigured',
      cause: error,
    });
  }
}
