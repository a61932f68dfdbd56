import { randomBytes } from 'node:crypto';
import { freePorts } from '../embedded/free-ports.ts';

/** Where each provider's stand-in can be looked into and told to fail. */
export interface SandboxUrls {
  stripe: string;
  hyperswitch: string;
  outbox: string;
  identity: { url: string; apiKey: string };
  clerk: string;
  twilio: string;
}

type Eight = [number, number, number, number, number, number, number, number];

const secret = () => randomBytes(24).toString('base64url');

/** Settings for a sandbox process and for those that are to reach it; ports and secrets are this run's own. */
export async function sandboxSettings(): Promise<{ env: Record<string, string>; urls: SandboxUrls }> {
  const [stripe, hyperswitch, mail, outbox, identity, clerk, model, twilio] = (await freePorts(8)) as Eight;
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const firebaseApiKey = secret();
  return {
    urls: {
      stripe: at(stripe),
      hyperswitch: at(hyperswitch),
      outbox: at(outbox),
      identity: { url: at(identity), apiKey: firebaseApiKey },
      clerk: at(clerk),
      twilio: at(twilio),
    },
    env: {
      SANDBOX_PORT: String(stripe),
      SANDBOX_HYPERSWITCH_PORT: String(hyperswitch),
      SANDBOX_MAIL_PORT: String(mail),
      SANDBOX_OUTBOX_PORT: String(outbox),
      SANDBOX_IDENTITY_PORT: String(identity),
      SANDBOX_CLERK_PORT: String(clerk),
      SANDBOX_MODEL_PORT: String(model),
      SANDBOX_TWILIO_PORT: String(twilio),
      STRIPE_SECRET_KEY: `sk_test_${secret().replaceAll(/\W/g, '')}`,
      STRIPE_API_BASE: at(stripe),
      // A call that is never answered must not be what a fault's recovery waits for.
      STRIPE_TIMEOUT_MS: '5000',
      HYPERSWITCH_API_KEY: `snd_${secret()}`,
      HYPERSWITCH_API_BASE: at(hyperswitch),
      HYPERSWITCH_WEBHOOK_SECRET: secret(),
      SMTP_URL: `smtp://127.0.0.1:${mail}`,
      FIREBASE_PROJECT_ID: 'demo-millrace',
      FIREBASE_API_KEY: firebaseApiKey,
      FIREBASE_AUTH_BASE: at(identity),
      FIREBASE_JWKS_URL: `${at(identity)}/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com`,
      MODEL_URL: `${at(model)}/v1`,
      CLERK_ISSUER: 'https://clerk.millrace.test',
      CLERK_JWKS_URL: `${at(clerk)}/.well-known/jwks.json`,
      TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
      TWILIO_AUTH_TOKEN: secret(),
      TWILIO_API_BASE: at(twilio),
      TWILIO_SMS_FROM: '+15005550006',
      TWILIO_WHATSAPP_FROM: '+14155238886',
    },
  };
}
