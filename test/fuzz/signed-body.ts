import { signReceipt } from '../../ops/sandbox/twilio/receipts.ts';
import { signWebhook } from '../../shared/hyperswitch-signature.ts';
import type { FuzzRequest } from './assemble.ts';
import type { Draft } from './draft.ts';
import type { FuzzWorld } from './world.ts';

export const liveSecret = 'a secret of thirty-two characters for RTMP';

const events = [
  'payment_succeeded',
  'payment_failed',
  'payment_cancelled',
  'payment_captured',
  'refund_succeeded',
  'refund_failed',
  'dispute_opened',
  'dispute_won',
  'dispute_lost',
  'x',
];
const texts = ['sent', 'delivered', 'undelivered', 'failed', 'read', 'x'];

type Sign = (request: FuzzRequest, draft: Draft, world: FuzzWorld) => { headers: Record<string, string>; body: Buffer };

/** Who may call these shows a secret, or signs with it: what they send is known to them and to nobody's schema. */
const signers: Record<string, Sign> = {
  'POST /api/v1/webhooks/hyperswitch': (request, { mode, spoil, body: given, file }, { pool, outside }) => {
    const content = {
      payment_id: pool.pick(null, 'payment', file) ?? 'pay_1',
      refund_id: pool.pick(null, 'refund', file) ?? 'ref_1',
      dispute_id: `dispute_${file % 50}`,
      amount: file % 5_000,
      currency: 'EUR',
    };
    const event = {
      event_id: `evt_${spoil.where % 5_000}`,
      event_type: events[file % events.length],
      content: { object: content },
    };
    const body =
      mode === 'valid'
        ? Buffer.from(JSON.stringify(event))
        : mode === 'hostile'
          ? spoil.body
          : Buffer.from(JSON.stringify({ ...event, content: given, event_type: spoil.value }));
    return { headers: { 'x-webhook-signature-512': signWebhook(body, outside.hyperswitch.webhookSecret) }, body };
  },
  'POST /v1/webhooks/twilio': (request, { mode, spoil, file }, { pool, outside, url }) => {
    const sid = pool.pick(null, 'providermessage', file) ?? 'SM0';
    const fields = { MessageSid: sid, MessageStatus: texts[file % texts.length] as string, ErrorCode: '30003' };
    const form = new URLSearchParams(mode === 'valid' ? fields : { ...fields, MessageStatus: spoil.text }).toString();
    const body = mode === 'hostile' ? spoil.body : Buffer.from(form);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signReceipt(url + request.path, body.toString(), outside.twilio.authToken),
    };
    return { headers, body };
  },
  'POST /api/v1/live/hooks/publish': showStreamKey,
  'POST /api/v1/live/hooks/done': showStreamKey,
};

function showStreamKey(_request: FuzzRequest, { mode, spoil, file }: Draft, { pool }: FuzzWorld): ReturnType<Sign> {
  const name = mode === 'valid' ? (pool.pick(null, 'streamkey', file) ?? 'sk_none') : spoil.text;
  const asForm = file % 2 === 0;
  return {
    headers: {
      'x-live-secret': liveSecret,
      'content-type': asForm ? 'application/x-www-form-urlencoded' : 'application/json',
    },
    body:
      mode === 'hostile'
        ? spoil.body
        : Buffer.from(asForm ? `name=${encodeURIComponent(name.toWellFormed())}` : JSON.stringify({ name })),
  };
}

/** The request as its caller signs it, if its caller is one that does; one in twenty is forged. */
export function signedBody(request: FuzzRequest, draft: Draft, world: FuzzWorld): FuzzRequest {
  const sign = signers[`${request.operation.method} ${request.operation.path}`];
  if (!sign || draft.unfit >= 95) return request;
  const { headers, body } = sign(request, draft, world);
  return { ...request, headers: { ...request.headers, ...headers, 'content-length': String(body.length) }, body };
}
