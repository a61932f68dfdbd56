import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { checkFileKey, checkFilePrefix, isFileKey } from '../file-key.ts';
import { Fault } from '../fault.ts';
import { signFile, signUpload } from '../file-signature.ts';
import { type FileContent, FileIntake } from './file-intake.ts';
import { FileExists, FilesUnavailable } from './files-failure.ts';
import type { FilesPort, FilesPortOptions, StoredFile } from './files.ts';

const directoryMode = 0o700;
const fileMode = 0o600;

/** Files in a directory of this machine, or of a volume that all processes share. What a crash leaves unfinished lies under `tmp/`. */
export function createDiskFiles({
  dir,
  publicUrl,
  signingKeys,
}: Pick<FilesPortOptions, 'dir' | 'publicUrl' | 'signingKeys'>): FilesPort {
  const root = resolve(dir);
  const pathOf = (key: string) => join(root, checkFileKey(key));

  /** A new file that `fill` has written and the disk has taken. It is the caller's to move or remove. */
  async function writeTemporary(path: string, fill: (handle: FileHandle) => Promise<void>): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: directoryMode });
    const handle = await open(path, 'wx', fileMode);
    try {
      await fill(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Takes content in, and has `place` put it under its key once it is whole. */
  async function keep(
    key: string,
    content: FileContent,
    limits: { maxBytes: number; signal?: AbortSignal | undefined },
    place: (temporary: string, path: string, file: StoredFile) => Promise<void>,
  ): Promise<StoredFile> {
    const path = pathOf(key);
    const temporary = pathOf(`tmp/${randomUUID()}`);
    const intake = new FileIntake(content, limits);
    try {
      await writeTemporary(temporary, async handle => {
        for await (const chunk of intake.chunks()) await handle.writeFile(chunk);
      });
      const file = { key, ...intake.result() };
      const made = await mkdir(dirname(path), { recursive: true, mode: directoryMode });
      await place(temporary, path, file);
      // The new name outlives a power cut only once its folder is on the disk, and so does a new folder's.
      const last = made === undefined ? dirname(path) : dirname(made);
      for (let folder = dirname(path); ; folder = dirname(folder)) {
        await syncFolder(folder);
        if (folder === last) break;
      }
      return file;
    } catch (error) {
      intake.close();
      await rm(temporary, { force: true }).catch(() => {}); // a sweep of `tmp/` gets it later
      throw intake.failure ?? (error instanceof Fault ? error : new FilesUnavailable(error));
    }
  }

  const addressOf = (token: string) => `${publicUrl().replace(/\/+$/, '')}/files/${token}`;
  const expiry = (expiresInS: number) => Math.floor(Date.now() / 1_000) + expiresInS;

  return {
    write: async (key, content, { maxBytes, signal }) => keep(key, content, { maxBytes, signal }, rename),

    receive: async ({ key, sizeBytes }, content) =>
      keep(key, content, { maxBytes: sizeBytes }, async (temporary, path, file) => {
        if (file.sizeBytes < sizeBytes) throw new Fault('malformed', 'The upload ended early.');
        await placeOnce(temporary, path, file.sha256);
      }),

    async read(key, range, signal) {
      signal?.throwIfAborted();
      const handle = await orNull(open(pathOf(key), 'r'));
      if (!handle) return null;
      const state = await handle.stat();
      if (!state.isFile() || (range && range.start >= state.size)) {
        await handle.close();
        if (state.isFile()) throw new RangeError(`the file has no byte ${range?.start}`);
        return null;
      }
      const stream = handle.createReadStream(range);
      stream.on('error', () => {}); // it may break off before anybody reads it, who then hears of it
      if (signal) addAbortSignal(signal, stream);
      return { stream, sizeBytes: state.size };
    },

    async stat(key) {
      const state = await orNull(stat(pathOf(key)));
      return state?.isFile() ? { sizeBytes: state.size } : null;
    },

    async delete(key) {
      await orNull(rm(pathOf(key)));
    },

    list: prefix => walk(root, checkFilePrefix(prefix), prefix.slice(0, prefix.lastIndexOf('/') + 1)),

    async check() {
      const temporary = pathOf(`tmp/${randomUUID()}`);
      try {
        await writeTemporary(temporary, handle => handle.writeFile(Buffer.alloc(4_096)));
        await rm(temporary);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => {});
        throw new FilesUnavailable(error);
      }
    },

    async signedUrl(key, { expiresInS, ...grant }) {
      const expiresAtS = expiry(expiresInS);
      return addressOf(signFile({ key: checkFileKey(key), expiresAtS, ...grant }, signingKeys));
    },

    async signedUpload(key, { expiresInS, ...grant }) {
      const expiresAtS = expiry(expiresInS);
      return addressOf(signUpload({ key: checkFileKey(key), expiresAtS, ...grant }, signingKeys));
    },

    close() {},
  };
}

/** One folder after another, so that a walk over millions of files holds few of their names at a time. */
async function* walk(
  root: string,
  prefix: string,
  folder: string,
): AsyncGenerator<{ key: string; sizeBytes: number; modifiedAt: Date }> {
  const entries = await orNull(opendir(join(root, folder)));
  if (!entries) return;
  for await (const entry of entries) {
    const key = folder + entry.name;
    if (!isFileKey(key)) continue; // somebody else's, such as `lost+found`
    if (entry.isDirectory()) {
      if (`${key}/`.startsWith(prefix)) yield* walk(root, prefix, `${key}/`);
    } else if (key.startsWith(prefix)) {
      const state = await orNull(stat(join(root, key)));
      if (state) yield { key, sizeBytes: state.size, modifiedAt: state.mtime };
    }
  }
}

/** Gives a file a name that no other has had. One of the same bytes may have it already: then that one stays. */
async function placeOnce(temporary: string, path: string, sha256: string): Promise<void> {
  try {
    await link(temporary, path); // a rename would replace
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    if (hash.digest('hex') !== sha256) throw new FileExists();
  }
  await rm(temporary);
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Null for what isn't there. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (/^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw new FilesUnavailable(error);
  }
}
