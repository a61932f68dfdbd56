import { raiseAlert } from '../db/core/alerts.ts';
import { Fault } from '../shared/fault.ts';
import { channelNames, type TextChannel, TexterFailure, type TexterPort } from '../shared/ports/texter.ts';
import type { RemoteContext } from './handler.ts';

/**
 * Calls the texter and says what a failure means for the job: a message that is refused, or an account that isn't let in, ends
 * it; anything else is tried again.
 */
export async function callTexter<T>(
  ctx: RemoteContext<'texter'>,
  channel: TextChannel,
  call: (texter: TexterPort) => Promise<T>,
): Promise<T> {
  const { texter } = ctx.ports;
  const name = channelNames[channel];
  if (!texter?.offers(channel))
    throw new Fault('unprocessable', `${name} is not set up here.`, { reason: 'channel_not_set_up' });
  try {
    return await call(texter);
  } catch (error) {
    if (!(error instanceof TexterFailure)) throw error;
    const { outcome, code, status, message } = error;
    if (outcome === 'refused')
      throw new Fault('unprocessable', `${name} was refused: ${message} (${code})`, {
        reason: 'text_refused',
        cause: error,
      });
    if (outcome === 'misconfigured') {
      // One wrong key stops every message: one alert, not thousands.
      const details = { message, code, status };
      await ctx.transact(tx => raiseAlert(tx, { kind: 'texter_misconfigured', subject: 'texter', details }));
      throw new Fault('internal', `${name} cannot be sent at present: the provider does not accept our account.`, {
        reason: 'texter_misconfigured',
        cause: error,
      });
    }
    throw new Fault('unavailable', `The provider did not take the ${name} message.`, {
      reason: outcome === 'unknown' ? 'text_unanswered' : 'text_not_taken',
      cause: error,
    });
  }
}
