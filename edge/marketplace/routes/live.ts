import { z } from 'zod';
import {
  endLiveStreams,
  getStream,
  insertDraftStream,
  insertStream,
  listStreams,
  updateStream,
} from '../../../db/marketplace/streams.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageQuery } from '../page-query.ts';
import { ensureStreamKey, readStreamKey, renewStreamKey } from '../stream-key.ts';
import { newStreamSchema, ownStreamSchema, streamChangeSchema, streamSchema, viewStream } from '../stream-view.ts';
import { liveHookRoutes } from './live-hooks.ts';

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
  async handler(request) {
    const { actor, body, edge } = request;
    const stream = await request.transact(async tx => {
      // The key first: its row is what who asks for a key, and so for a draft, waits for.
      const stream_key = await ensureStreamKey(tx, actor!.id, edge.config.encryptionKey);
      return { ...viewStream(await insertStream(tx, actor!.id, body)), stream_key };
    });
    return { status: 201, body: stream };
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
  async handler(request) {
    const owned = { id: request.params.id, userId: request.actor!.id };
    const stream = await request.transact(tx => updateStream(tx, owned, request.body));
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
  async handler(request) {
    const { actor, db, edge } = request;
    const { encryptionKey, liveRtmpUrl } = edge.config;
    const known = await readStreamKey(db, actor!.id, encryptionKey);
    const key =
      known ??
      (await request.transact(async tx => {
        const given = await ensureStreamKey(tx, actor!.id, encryptionKey);
        await insertDraftStream(tx, actor!.id, draftTitle);
        return given;
      }));
    return { status: 200, body: { stream_key: key, rtmp_url: liveRtmpUrl } };
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
  async handler(request) {
    const { actor, edge } = request;
    const { encryptionKey, liveRtmpUrl } = edge.config;
    const key = await request.transact(async tx => {
      const renewed = await renewStreamKey(tx, actor!.id, encryptionKey);
      await insertDraftStream(tx, actor!.id, draftTitle);
      await endLiveStreams(tx, actor!.id);
      return renewed;
    });
    return { status: 200, body: { stream_key: key, rtmp_url: liveRtmpUrl } };
  },
});

function noSuchStream(): Fault {
  return new Fault('not_found', 'There is no such stream.');
}

export const liveRoutes: readonly Route[] = [
  list,
  show,
  listOwn,
  add,
  change,
  showKey,
  regenerateKey,
  ...liveHookRoutes,
];
