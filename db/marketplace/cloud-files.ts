import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';

/** A stored object and what it holds. It never changes; any number of versions may share it. */
export interface CloudContent {
  storageKey: string;
  mimeType: string;
  sizeBytes: number;
  /** In hex. */
  sha256: string;
}

/** A file with its current content. */
export interface CloudFileRow extends CloudContent {
  id: string;
  filename: string;
  /** The version whose content is the current one. */
  currentVersion: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface CloudVersionRow extends CloudContent {
  id: string;
  fileId: string;
  /** From 1, without gaps. */
  version: number;
  createdAt: Date;
}

/** A file, asked for by its owner: anyone else's is not there. */
export interface OwnedFile {
  ownerId: string;
  id: string;
}

const insertSql = sql('marketplace/cloud-files/insert');
const getSql = sql('marketplace/cloud-files/get');
const lockSql = sql('marketplace/cloud-files/lock');
const listSql = sql('marketplace/cloud-files/list');
const countSql = sql('marketplace/cloud-files/count');
const setContentSql = sql('marketplace/cloud-files/set-content');
const unusedKeysSql = sql('marketplace/cloud-files/unused-keys');
const insertVersionSql = sql('marketplace/cloud-file-versions/insert');
const getVersionSql = sql('marketplace/cloud-file-versions/get');
const listVersionsSql = sql('marketplace/cloud-file-versions/list');
const addUsageSql = sql('marketplace/cloud-usage/add');

/** Counts a newly stored object against its owner's quota; false if it is too much. Uploads that end at once go one after the other here. */
export async function addCloudUsage(
  tx: Transaction,
  usage: { ownerId: string; sizeBytes: number; quotaBytes: number },
): Promise<boolean> {
  return (await tx.oneOrNone(addUsageSql(usage))) !== null;
}

/** A new file; its content is version 1. */
export async function insertCloudFile(
  tx: Transaction,
  ownerId: string,
  file: CloudContent & { filename: string },
): Promise<CloudFileRow> {
  const row = await tx.one<CloudFileRow>(insertSql({ ...file, ownerId, id: uuidV7() }));
  await insertVersion(tx, row);
  return row;
}

export function getCloudFile(db: Connection, { ownerId, id }: OwnedFile): Promise<CloudFileRow | null> {
  return db.oneOrNone<CloudFileRow>(getSql({ ownerId, id }));
}

/** Newest first, with the number of all. */
export async function listCloudFiles(
  db: Connection,
  ownerId: string,
  page: { limit: number; offset: number },
): Promise<{ files: CloudFileRow[]; total: number }> {
  const files = await db.any<CloudFileRow>(listSql({ ownerId, ...page }));
  const { total } = await db.one<{ total: number }>(countSql({ ownerId }));
  return { files, total };
}

/** Newest first. */
export function listCloudVersions(
  db: Connection,
  { ownerId, id: fileId }: OwnedFile,
  page: { limit: number; offset: number },
): Promise<CloudVersionRow[]> {
  return db.any<CloudVersionRow>(listVersionsSql({ ownerId, fileId, ...page }));
}

/** Keeps the present content as one more version, which is then the current one. Null without such a file. */
export async function snapshotCloudFile(tx: Transaction, file: OwnedFile): Promise<CloudVersionRow | null> {
  const present = await lockCloudFile(tx, file);
  if (!present) return null;
  const version = await insertVersion(tx, present);
  await setContent(tx, file, version);
  return version;
}

/** Gives a file another content, as one more version. Null without such a file. */
export async function replaceCloudContent(
  tx: Transaction,
  file: OwnedFile,
  { storageKey, mimeType, sizeBytes, sha256 }: CloudContent,
): Promise<CloudFileRow | null> {
  if (!(await lockCloudFile(tx, file))) return null;
  return setContent(tx, file, await insertVersion(tx, { id: file.id, storageKey, mimeType, sizeBytes, sha256 }));
}

/** Keeps the present content as one more version, then makes an earlier one current. Null without such a file or version. */
export async function restoreCloudVersion(
  tx: Transaction,
  file: OwnedFile,
  version: number,
): Promise<CloudFileRow | null> {
  const present = await lockCloudFile(tx, file);
  const wanted = await tx.oneOrNone<CloudVersionRow>(
    getVersionSql({ ownerId: file.ownerId, fileId: file.id, version }),
  );
  if (!present || !wanted) return null;
  await insertVersion(tx, present);
  return setContent(tx, file, wanted);
}

/** Of these keys of stored objects, the ones that no row refers to. */
export async function listUnusedKeys(db: Connection, keys: readonly string[]): Promise<string[]> {
  return (await db.any<{ key: string }>(unusedKeysSql({ keys }))).map(({ key }) => key);
}

/** Holds a file until the transaction ends: what changes it goes one after the other. */
function lockCloudFile(tx: Transaction, { ownerId, id }: OwnedFile): Promise<CloudFileRow | null> {
  return tx.oneOrNone<CloudFileRow>(lockSql({ ownerId, id }));
}

function insertVersion(tx: Transaction, file: CloudContent & { id: string }): Promise<CloudVersionRow> {
  const { id: fileId, storageKey, mimeType, sizeBytes, sha256 } = file;
  return tx.one<CloudVersionRow>(insertVersionSql({ id: uuidV7(), fileId, storageKey, mimeType, sizeBytes, sha256 }));
}

function setContent(tx: Transaction, { ownerId, id }: OwnedFile, content: CloudVersionRow): Promise<CloudFileRow> {
  const { storageKey, mimeType, sizeBytes, sha256, version } = content;
  return tx.one<CloudFileRow>(setContentSql({ ownerId, id, storageKey, mimeType, sizeBytes, sha256, version }));
}
