import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import { countTags } from './tags.ts';

/** What a streamer says of a stream. */
export interface StreamFields {
  title: string;
  description: string;
  category: string;
  tags: string[];
}

export interface StreamRow extends StreamFields {
  id: string;
  userId: string;
  isLive: boolean;
  /** Of the last time that it was live. */
  startedAt: Date | null;
  endedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

const insertSql = sql('marketplace/streams/insert');
const insertDraftSql = sql('marketplace/streams/insert-draft');
const getSql = sql('marketplace/streams/get');
const lockSql = sql('marketplace/streams/lock');
const updateSql = sql('marketplace/streams/update');
const listSql = sql('marketplace/streams/list', { replan: true });
const countSql = sql('marketplace/streams/count', { replan: true });
const startNewestSql = sql('marketplace/streams/start-newest');
const endLiveSql = sql('marketplace/streams/end-live');

/** Makes a stream that isn't live yet, and counts its tags. */
export async function insertStream(tx: Transaction, userId: string, fields: StreamFields): Promise<StreamRow> {
  const stream = await tx.one<StreamRow>(insertSql({ ...fields, id: uuidV7(), userId }));
  await countTags(tx, { added: stream.tags, removed: [] });
  return stream;
}

/** Makes a stream with nothing but a title for a user who has none. Only under the lock of the user's key: two would make two. */
export async function insertDraftStream(tx: Transaction, userId: string, title: string): Promise<void> {
  await tx.oneOrNone(insertDraftSql({ id: uuidV7(), userId, title }));
}

export function getStream(db: Connection, id: string): Promise<StreamRow | null> {
  return db.oneOrNone<StreamRow>(getSql({ id }));
}

/** Changes the fields that are given, and counts the tags that come and go. Null if the user has no such stream. */
export async function updateStream(
  tx: Transaction,
  { id, userId }: { id: string; userId: string },
  change: Partial<StreamFields>,
): Promise<StreamRow | null> {
  const before = await tx.oneOrNone<StreamRow>(lockSql({ id, userId }));
  if (!before) return null;
  const { title, description, category, tags } = { ...before, ...change };
  const after = await tx.one<StreamRow>(updateSql({ id, userId, title, description, category, tags }));
  await countTags(tx, { added: after.tags, removed: before.tags });
  return after;
}

/** Newest first, with the number of all that match; null matches any. */
export async function listStreams(
  db: Connection,
  filter: { userId: string | null; isLive: boolean | null },
  page: { limit: number; offset: number },
): Promise<{ streams: StreamRow[]; total: number }> {
  const streams = await db.any<StreamRow>(listSql({ ...filter, ...page }));
  const { total } = await db.one<{ total: number }>(countSql(filter));
  return { streams, total };
}

/** The user's newest stream is live from now on, and no other of theirs. Changes nothing if that is so. */
export async function startNewestStream(tx: Transaction, userId: string): Promise<void> {
  await tx.any(startNewestSql({ userId }));
}

/** None of the user's streams is live from now on. */
export async function endLiveStreams(tx: Transaction, userId: string): Promise<void> {
  await tx.any(endLiveSql({ userId }));
}
