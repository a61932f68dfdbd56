import { z } from 'zod';
import { lockStreamKeyOwner } from '../../../db/marketplace/stream-keys.ts';
import {
  endLiveStreams,
  getStream,
  insertDraftStream,
  insertStream,
  listStreams,
  startNewestStream,
  updateStream,
} from '../../../db/marketplace/streams.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { admitRtmpServer, readStreamName } from '../live-hook.ts';
import { pageQuery } from '../page-query.ts';
import { ensureStreamKey, hashStreamKey, readStreamKey, renewStreamKey } from '../stream-key.ts';
import { newStreamSchema, ownStreamSchema, streamChangeSchema, streamSchema, viewStream } from '../stream-view.ts';

const users = ['marketplace:user'] as const;
const params = z.object({ id: z.uuid() });
const keySchema = z.strictObject({ stream_key: z.string(), rtmp_url: z.string().describe('Where to send the stream') });
const draftTitle = 'Untitled stream';

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/live/streams',
  summary: 'Streams',
  description: 'Newest first.',
  roles: 'public',
  idempotency: 'none',
  query: z.object({
    ...pageQuery,
    is_live: z.enum(['true', 'false']).optional().describe('Only those that are live, or that aren’t'),
  }),
  response: { 200: z.strictObject({ streams: z.array(streamSchema), total: z.int() }) },
  async handler({ db, query: { is_live, ...page } }) {
    const isLive = is_live === undefined ? null : is_live === 'true';
    const { streams, total } = await listStreams(db, { userId: null, isLive }, page);
    return { status: 200, body: { streams: streams.map(viewStream), total } };
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/live/streams/:id',
  summary: 'A stream',
  roles: 'public',
  idempotency: 'none',
  params,
  response: { 200: streamSchema },
  async handler({ db, params: { id } }) {
    const stream = await getStream(db, id);
    if (!stream) throw noSuchStream();
    return { status: 200, body: viewStream(stream) };
  },
});

const listOwn = defineRoute({
  method: 'GET',
  path: '/api/v1/live/streams/me',
  summary: "The user's streams, with their key",
  description: 'Newest first.',
  roles: users,
  idempotency: 'none',
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ streams: z.array(ownStreamSchema), total: z.int() }) },
  async handler({ actor, db, edge, query }) {
    const { streams, total } = await listStreams(db, { userId: actor!.id, isLive: null }, query);
    const stream_key = await readStreamKey(db, actor!.id, edge.config.encryptionKey);
    return { status: 200, body: { streams: streams.map(stream => ({ ...viewStream(stream), stream_key })), total } };
  },
});

const add = defineRoute({
  method: 'POST',
  path: '/api/v1/live/streams',
  summary: 'Make a stream',
  description: 'It goes live when its owner sends to `rtmp_url` under the key; of several streams the newest does.',
  roles: users,
  idempotency: 'honoured',
  secretAnswer: true,
  body: newStreamSchema,
  response: { 201: ownStreamSchema },
  async handler({ actor, body, edge, transact }) {
    const { stream, key } = await transact(async tx => {
      const { key } = await ensureStreamKey(tx, actor!.id, edge.config.encryptionKey);
      return { key, stream: await insertStream(tx, actor!.id, body) };
    });
    return { status: 201, body: { ...viewStream(stream), stream_key: key } };
  },
});

const change = defineRoute({
  method: 'PUT',
  path: '/api/v1/live/streams/:id',
  summary: 'Change what a stream says of itself',
  description: 'What is left out stays as it is.',
  roles: users,
  idempotency: 'honoured',
  params,
  body: streamChangeSchema,
  response: { 200: streamSchema },
  async handler({ actor, body, params: { id }, transact }) {
    const stream = await transact(tx => updateStream(tx, { id, userId: actor!.id }, body));
    if (!stream) throw noSuchStream();
    return { status: 200, body: viewStream(stream) };
  },
});

const showKey = defineRoute({
  method: 'GET',
  path: '/api/v1/live/streams/me/key',
  summary: "The user's stream key, and where to stream to",
  description: 'The first time it makes the key, and a draft stream for a user without any.',
  roles: users,
  idempotency: 'none',
  response: { 200: keySchema },
  async handler({ actor, db, edge: { config }, transact }) {
    const userId = actor!.id;
    const known = await readStreamKey(db, userId, config.encryptionKey);
    const stream_key =
      known ??
      (await transact(async tx => {
        const { key, made } = await ensureStreamKey(tx, userId, config.encryptionKey);
        if (made) await insertDraftStream(tx, userId, draftTitle);
        return key;
      }));
    return { status: 200, body: { stream_key, rtmp_url: config.liveRtmpUrl } };
  },
});

const regenerateKey = defineRoute({
  method: 'POST',
  path: '/api/v1/live/streams/me/key/regenerate',
  summary: 'A new stream key',
  description: 'The old one is dead at once: what was live under it no longer is.',
  roles: users,
  idempotency: 'honoured',
  secretAnswer: true,
  body: z.strictObject({}).optional(),
  response: { 200: keySchema },
  async handler({ actor, edge: { config }, transact }) {
    const stream_key = await transact(async tx => {
      const key = await renewStreamKey(tx, actor!.id, config.encryptionKey);
      await insertDraftStream(tx, actor!.id, draftTitle);
      await endLiveStreams(tx, actor!.id);
      return key;
    });
    return { status: 200, body: { stream_key, rtmp_url: config.liveRtmpUrl } };
  },
});

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
  description: `${hookDescription} Anything but a 200 refuses the stream.`,
  async handler({ headers, rawBody, edge, transact }) {
    admitRtmpServer(headers, edge.config.liveHookSecret);
    const keyHash = hashStreamKey(readStreamName(headers, rawBody));
    await transact(async tx => {
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
  description: `${hookDescription} A key that nobody has (any longer) has nothing live: that is no error.`,
  async handler({ headers, rawBody, edge, transact }) {
    admitRtmpServer(headers, edge.config.liveHookSecret);
    const keyHash = hashStreamKey(readStreamName(headers, rawBody));
    await transact(async tx => {
      const userId = await lockStreamKeyOwner(tx, keyHash);
      if (userId !== null) await endLiveStreams(tx, userId);
    });
    return { status: 200, body: { is_live: false } };
  },
});

function noSuchStream(): Fault {
  return new Fault('not_found', 'There is no such stream.');
}

export const liveRoutes: readonly Route[] = [list, show, listOwn, add, change, showKey, regenerateKey, publish, done];
