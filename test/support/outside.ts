import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClerkSandbox, startClerkSandbox } from '../../ops/sandbox/clerk/server.ts';
import { type HyperswitchSandbox, startHyperswitchSandbox } from '../../ops/sandbox/hyperswitch/server.ts';
import { type IdentitySandbox, startIdentitySandbox } from '../../ops/sandbox/identity/server.ts';
import { type ModelSandbox, startModelSandbox } from '../../ops/sandbox/model/server.ts';
import { type Outbox, startOutbox } from '../../ops/sandbox/outbox/server.ts';
import { startStripeSandbox, type StripeSandbox } from '../../ops/sandbox/stripe/server.ts';
import { startTwilioSandbox, type TwilioSandbox } from '../../ops/sandbox/twilio/server.ts';
import { createClerkPort } from '../../shared/ports/clerk.ts';
import { createFilesPort } from '../../shared/ports/files.ts';
import { createHyperswitchPort } from '../../shared/ports/hyperswitch.ts';
import { createIdentityPort } from '../../shared/ports/identity.ts';
import { createMailerPort } from '../../shared/ports/mailer.ts';
import { createModelPort } from '../../shared/ports/model.ts';
import { closePorts, type Ports, receiptUrlOf } from '../../shared/ports/ports.ts';
import { createStripePort } from '../../shared/ports/stripe.ts';
import { createTexterPort } from '../../shared/ports/texter.ts';

/** The outside of one test file: every provider's sandbox, a folder of files, and the real client libraries on them. */
export interface Outside {
  stripe: StripeSandbox;
  hyperswitch: HyperswitchSandbox;
  outbox: Outbox;
  identity: IdentitySandbox;
  clerk: ClerkSandbox;
  model: ModelSandbox;
  twilio: TwilioSandbox;
  /** Where the file store and the outbox keep what they have. */
  dir: string;
  ports: Ports;
  /** For files' signed addresses and texts' receipts: how clients reach the edge under test. */
  setEdgeUrl(url: string): void;
  stop(): Promise<void>;
}

export interface OutsideOptions {
  /** After which a payment, a refund or a text settles by itself; an hour unless told, so that tests say when. */
  settleAfterMs?: number;
  webhookSecret?: string;
  /** Signs the addresses of files: the edge's `JWT_SECRET`. */
  jwtSecret?: string;
  startingBalanceCents?: Record<string, number>;
  nowMs?: () => number;
  timeoutMs?: number;
}

export async function startOutside(options: OutsideOptions = {}): Promise<Outside> {
  const { settleAfterMs = 3_600_000, webhookSecret, startingBalanceCents, nowMs, timeoutMs = 1_000 } = options;
  const { jwtSecret = 'a secret of thirty-two characters' } = options;
  const dir = await mkdtemp(join(tmpdir(), 'millrace-outside-'));
  const clock = nowMs ? { nowMs } : {};
  const stripe = await startStripeSandbox({ ...clock, ...(startingBalanceCents ? { startingBalanceCents } : {}) });
  const hyperswitch = await startHyperswitchSandbox({
    settleAfterMs,
    firstRetryMs: 50,
    ...(webhookSecret === undefined ? {} : { webhookSecret }),
  });
  const twilio = await startTwilioSandbox({ settleAfterMs, firstRetryMs: 50 });
  const outbox = await startOutbox({ dir: join(dir, 'outbox'), texts: twilio.messages });
  const identity = await startIdentitySandbox();
  const clerk = await startClerkSandbox();
  const model = await startModelSandbox();
  let edgeUrl = 'http://127.0.0.1:1';
  const ports: Ports = {
    stripe: createStripePort({ secretKey: stripe.apiKey, apiBase: stripe.url, timeoutMs }),
    hyperswitch: createHyperswitchPort({ apiKey: hyperswitch.apiKey, apiBase: hyperswitch.url, timeoutMs }),
    files: createFilesPort({
      url: undefined,
      dir: join(dir, 'files'),
      publicUrl: () => edgeUrl,
      signingKeys: [jwtSecret],
    }),
    mailer: createMailerPort({ url: outbox.smtpUrl, from: 'Millrace <no-reply@millrace.test>', timeoutMs: 2_000 }),
    identity: createIdentityPort({
      projectId: identity.projectId,
      apiKey: identity.apiKey,
      apiBase: identity.url,
      jwksUrl: identity.jwksUrl,
      issuer: identity.issuer,
      timeoutMs,
    }),
    clerk: createClerkPort({ issuer: clerk.issuer, jwksUrl: clerk.jwksUrl, keysCooldownMs: 0 }),
    model: createModelPort({ url: model.url, model: model.model, timeoutMs }),
    texter: createTexterPort({
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      apiBase: twilio.url,
      smsFrom: twilio.smsFrom,
      whatsappFrom: twilio.whatsappFrom,
      receiptUrl: () => receiptUrlOf(edgeUrl),
      timeoutMs,
    }),
  };
  return {
    stripe,
    hyperswitch,
    outbox,
    identity,
    clerk,
    model,
    twilio,
    dir,
    ports,
    setEdgeUrl(url) {
      edgeUrl = url;
    },
    async stop() {
      await closePorts(ports);
      await Promise.all([
        stripe.stop(),
        hyperswitch.stop(),
        outbox.stop(),
        identity.stop(),
        clerk.stop(),
        model.stop(),
        twilio.stop(),
      ]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
