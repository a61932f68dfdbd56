import { z } from 'zod';
import { flag, port, type Setting, setting } from './setting.ts';

/** Of the sandbox, the local stand-ins of the outside. */
export const sandboxSettings = {
  sandboxPort: setting('SANDBOX_PORT', port.default(0), "The sandbox's Stripe server"),
  sandboxHyperswitchPort: setting('SANDBOX_HYPERSWITCH_PORT', port.default(0), "The sandbox's Hyperswitch server"),
  sandboxMailPort: setting('SANDBOX_MAIL_PORT', port.default(0), "The sandbox's SMTP server"),
  sandboxOutboxPort: setting('SANDBOX_OUTBOX_PORT', port.default(0), "The sandbox's outbox, for browsers"),
  sandboxIdentityPort: setting('SANDBOX_IDENTITY_PORT', port.default(0), "The sandbox's identity server"),
  sandboxClerkPort: setting('SANDBOX_CLERK_PORT', port.default(0), "The sandbox's issuer of Clerk's session tokens"),
  sandboxTwilioPort: setting('SANDBOX_TWILIO_PORT', port.default(0), "The sandbox's Twilio server"),
  sandboxModelPort: setting('SANDBOX_MODEL_PORT', port.default(0), "The sandbox's model"),
  sandboxWebhookUrl: setting(
    'SANDBOX_WEBHOOK_URL',
    z.url().optional(),
    'Where the sandbox sends its webhooks; unset: the edge of the same process',
  ),
  outboxUrl: setting(
    'SANDBOX_OUTBOX_URL',
    z.url().optional(),
    "How browsers reach the sandbox's outbox; unset: the console has no link to it",
  ),
  sandboxPublicUrl: setting(
    'SANDBOX_PUBLIC_URL',
    z.url().optional(),
    'How browsers reach the sandbox; unset: its own address',
  ),
  sandboxAllowed: setting(
    'SANDBOX_ENABLED',
    flag.default(false),
    'Names the sandbox on purpose, for production-like trials',
  ),
} as const satisfies Record<string, Setting>;
