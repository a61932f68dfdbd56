import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const chunk = Buffer.alloc(1_048_576);
/** More than what a run of an hour stores. It is memory, and filled to the last byte. */
const sizeMb = 512;

/** Where the system keeps its files, on a disk that can be full. */
export interface FileDisk {
  /** What being full means here. */
  how: string;
  fill(): Promise<void>;
  free(): Promise<void>;
  /** Unfinished files. */
  temporaries(): Promise<string[]>;
  stop(): Promise<void>;
}

/** A small tmpfs at `dir` where we may mount one; else the store's `tmp` folder is no folder while it is "full". */
export async function openFileDisk(dir: string): Promise<FileDisk> {
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, 'tmp');
  const temporaries = () => readdir(temporary).catch(() => []);
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0755`, 'tmpfs', dir]).then(
    () => true,
    () => false,
  );
  if (mounted) {
    const filler = join(dir, '.filler');
    return {
      how: `a tmpfs of ${sizeMb} MB, filled to the last byte`,
      fill: () => fillUp(filler),
      free: () => rm(filler, { force: true }),
      temporaries,
      stop: async () => void (await run('umount', ['-l', dir])),
    };
  }
  const aside = join(dir, 'aside');
  return {
    how: 'no tmpfs can be mounted here: a file stands where the store puts its unfinished files',
    async fill() {
      await rename(temporary, aside).catch(() => {});
      await writeFile(temporary, '');
    },
    async free() {
      await rm(temporary, { force: true });
      await rename(aside, temporary).catch(() => {});
    },
    temporaries,
    stop: async () => {},
  };
}

/** Until the disk takes no more: what is free now in one piece, and then what others have given back meanwhile. */
async function fillUp(path: string): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  await run('fallocate', ['--length', String(bavail * bsize), path]).catch(() => {});
  const stream = createWriteStream(path, { flags: 'a' });
  const full = once(stream, 'error');
  const write = () => {
    while (!stream.destroyed && stream.write(chunk));
  };
  stream.on('drain', write);
  write();
  await full;
}
