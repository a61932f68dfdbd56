import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { newFileKey } from '../../../shared/file-key.ts';
import { readFileToken } from '../../../shared/file-signature.ts';
import { createFilesPort, type FilesPort } from '../../../shared/ports/files.ts';

const options = { contentType: 'text/plain', maxBytes: 100 * 1_048_576 };

describe('files on disk, beside what all stores do', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'millrace-files-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const openFiles = (dir = join(root, 'files')): FilesPort =>
    createFilesPort({ url: undefined, dir, publicUrl: () => 'http://edge/', signingKeys: ['new', 'old'] });

  it('are for this user alone', async () => {
    const files = openFiles();
    await files.write('cloud/ab/cd/one', Buffer.from('x'), options);
    const modes = await Promise.all(
      ['files', 'files/tmp', 'files/cloud', 'files/cloud/ab/cd', 'files/cloud/ab/cd/one'].map(
        async path => (await stat(join(root, path))).mode & 0o777,
      ),
    );
    assert.deepEqual(modes, [0o700, 0o700, 0o700, 0o700, 0o600]);
    assert.deepEqual(await readdir(join(root, 'files/tmp')), []);
  });

  it('lie in folders that stay small', () => {
    assert.match(newFileKey('cloud'), /^cloud\/([0-9a-f]{2})\/([0-9a-f]{2})\/\1\2[0-9a-f]{4}-/);
  });

  it('list what a crash left unfinished, under tmp/, and nothing of others', async () => {
    const files = openFiles();
    await files.check();
    await writeFile(join(root, 'files/tmp/0190a6b2'), 'half');
    await mkdir(join(root, 'files/lost+found'));
    await writeFile(join(root, 'files/.DS_Store'), '');
    const keys: string[] = [];
    for await (const { key } of files.list('')) keys.push(key);
    assert.deepEqual(keys, ['tmp/0190a6b2']);
  });

  it('have an address at the edge that expires', async () => {
    const url = await openFiles().signedUrl('cloud/a', {
      expiresInS: 60,
      filename: 'a.txt',
      contentType: 'text/plain',
      disposition: 'inline',
    });
    const [, token = ''] = /^http:\/\/edge\/files\/([\w.-]+)$/.exec(url) ?? [];
    const { expiresAtS, ...grant } = readFileToken(token, ['new']);
    assert.deepEqual(grant, {
      key: 'cloud/a',
      filename: 'a.txt',
      contentType: 'text/plain',
      disposition: 'inline',
    });
    assert.ok(Math.abs(expiresAtS - Date.now() / 1_000 - 60) < 5);
  });

  describe('that are sent to a signed address', () => {
    const grant = { key: 'tenants/a/attachments/b', sizeBytes: 5 };
    const textOf = async (files: FilesPort) => text((await files.read(grant.key))!.stream);

    it('stay as the first that arrived whole, and may come once more', async () => {
      const files = openFiles();
      const stored = await files.receive(grant, Buffer.from('first'));
      assert.deepEqual(await files.receive(grant, Buffer.from('first')), stored);
      await assert.rejects(files.receive(grant, Buffer.from('other')), { code: 'conflict', reason: 'FILE_EXISTS' });
      assert.equal(await textOf(files), 'first');
      assert.deepEqual(await readdir(join(root, 'files/tmp')), []);
    });

    it('are one of those that arrive at the same moment', async () => {
      const files = openFiles();
      const contents = Array.from({ length: 8 }, (_, index) => `file${index}`);
      const sent = await Promise.allSettled(contents.map(content => files.receive(grant, Buffer.from(content))));
      const won = sent.flatMap(({ status }, index) => (status === 'fulfilled' ? [contents[index]] : []));
      assert.equal(won.length, 1);
      assert.equal(await textOf(files), won[0]);
    });

    it('leave nothing if they are larger or smaller than was said', async () => {
      const files = openFiles();
      await assert.rejects(files.receive(grant, Buffer.from('larger')), { name: 'FileTooLarge' });
      await assert.rejects(files.receive(grant, Buffer.from('tiny')), { code: 'malformed' });
      assert.equal(await files.stat(grant.key), null);
      assert.deepEqual(await readdir(join(root, 'files/tmp')), []);
    });
  });

  it('say that the store is unavailable when it cannot be written', async () => {
    await writeFile(join(root, 'occupied'), '');
    const files = openFiles(join(root, 'occupied'));
    await assert.rejects(files.check(), { name: 'FilesUnavailable', code: 'unavailable' });
    await assert.rejects(files.write('a', Buffer.from('x'), options), { name: 'FilesUnavailable' });
  });

  it('say so when the disk is full, leave nothing there, and take files again once there is room', async function () {
    const dir = join(root, 'small');
    await mkdir(dir);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' });
    } catch {
      this.skip(); // only root may mount
    }
    try {
      const files = openFiles(dir);
      async function* content() {
        for (let count = 0; count < 32; count += 1) yield Buffer.alloc(65_536, 1);
      }
      await assert.rejects(files.write('cloud/large', content(), options), (error: Error) => {
        assert.equal((error.cause as NodeJS.ErrnoException).code, 'ENOSPC');
        return error.name === 'FilesUnavailable';
      });
      assert.deepEqual(await readdir(join(dir, 'tmp')), []);
      assert.equal(await files.stat('cloud/large'), null);
      await files.write('cloud/small', Buffer.alloc(65_536), options);
      assert.deepEqual(await files.stat('cloud/small'), { sizeBytes: 65_536 });
    } finally {
      execFileSync('umount', [dir]);
    }
  });
});
