import { z } from 'zod';
import { lockStreamKeyOwner } from '../../../db/marketplace/stream-keys.ts';
import { endLiveStreams, startNewestStream } from '../../../db/marketplace/streams.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route, type RouteRequest } from '../../route.ts';
import { admitRtmpServer, readStreamName } from '../live-hook.ts';
import { hashStreamKey } from '../stream-key.ts';

/** What the two calls of an RTMP server share. A limit would only cut streams off: all of them come from one address. */
const hook = {
  method: 'POST',
  roles: 'public',
  idempotency: 'none',
  limitPerMinute: 0,
  bodyKind: 'raw',
  maxBodyBytes: 16_384,
  response: { 200: z.strictObject({ is_live: z.boolean() }) },
} as const;
const hookDescription =
  'Called by an RTMP server that shows the shared secret, in `X-Live-Secret` or as a bearer token. The body is a form (nginx-rtmp) or JSON; its `name` is the stream key.';

const publish = defineRoute({
  ...hook,
  path: '/api/v1/live/hooks/publish',
  summary: 'Somebody starts to stream',
  faults: ['unauthenticated', 'forbidden'],
  description: `${hookDescription} Anything but a 200 refuses the stream.`,
  async handler(request) {
    const keyHash = readKeyHash(request);
    await request.transact(async tx => {
      const userId = await lockStreamKeyOwner(tx, keyHash);
      if (userId === null) throw new Fault('forbidden', 'Nobody has this stream key.', { reason: 'bad_stream_key' });
      await startNewestStream(tx, userId);
    });
    return { status: 200, body: { is_live: true } };
  },
});

const done = defineRoute({
  ...hook,
  path: '/api/v1/live/hooks/done',
  summary: 'Somebody stopped streaming',
  faults: ['unauthenticated'],
  description: `${hookDescription} A key that nobody has (any longer) has nothing live: that is no error.`,
  async handler(request) {
    const keyHash = readKeyHash(request);
    await request.transact(async tx => {
      const userId = await lockStreamKeyOwner(tx, keyHash);
      if (userId !== null) await endLiveStreams(tx, userId);
    });
    return { status: 200, body: { is_live: false } };
  },
});

/** Of the key that an admitted RTMP server names. */
function readKeyHash({ headers, rawBody, edge }: RouteRequest): Buffer {
  admitRtmpServer(headers, edge.config.liveHookSecret);
  return hashStreamKey(readStreamName(headers, rawBody));
}

export const liveHookRoutes: readonly Route[] = [publish, done];
