import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Transaction } from '../../../db/connect.ts';
import { getJob } from '../../../db/core/jobs.ts';
import { insertJob } from '../../../db/insert-job.ts';
import { exportCollections } from '../../../db/marketplace/export-collections.ts';
import { beginExport } from '../../../db/marketplace/exports.ts';
import { endUnclaimed } from '../../../db/record.ts';
import { transact } from '../../../db/transact.ts';
import { userExport } from '../../../shared/jobs/export.ts';
import { newFileKey } from '../../../shared/file-key.ts';
import { uuidV7 } from '../../../shared/uuid.ts';
import { userExport as makeExport } from '../../../workers/handlers/export.ts';
import { eventually } from '../../support/eventually.ts';
import { openMarket, type Market, type Person } from '../../support/market.ts';
import { unzip } from '../../support/unzip.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
type Row = any;

describe('workers/handlers/export', function () {
  this.timeout(120_000);
  let market: Market;
  let zoe: Person;
  let other: Person;

  before(async () => {
    market = await openMarket();
  });
  beforeEach(async () => {
    zoe = await market.join();
    other = await market.join();
  });
  after(() => market.stop());

  interface Exported {
    id: string;
    paths: string[];
    text(path: string): string;
    rows(collection: string): Row[];
    manifest: Row;
  }

  /** Asks for an export as its owner does, and opens what the notification's link leads to. */
  async function exported(person: Person): Promise<Exported> {
    const asked = await market.call('POST', '/api/v1/users/me/export', { token: person.token });
    assert.equal(asked.status, 202, asked.text);
    const { id } = asked.body.data.export;
    const told = await eventually(async () => {
      const { fault } = await market.db.one<{ fault: Row }>(
        'select fault from core.jobs where kind = $1 order by id desc limit 1',
        [userExport.kind],
      );
      assert.equal(fault, null, JSON.stringify(fault));
      return market.db.one<{ data: Row }>('select data from marketplace.notifications where once_key = $1', [
        `export:${id}`,
      ]);
    });
    const response = await fetch(told.data.download_url);
    assert.equal(response.status, 200);
    return opened(id, Buffer.from(await response.arrayBuffer()));
  }

  async function opened(id: string, archive: Buffer): Promise<Exported> {
    const files = await unzip(archive);
    const text = (path: string) => {
      const file = files.find(candidate => candidate.path === path);
      assert.ok(file, `${path} is not among ${files.map(({ path: known }) => known).join(', ')}`);
      return file.content.toString();
    };
    const manifest = JSON.parse(text('manifest.json'));
    assert.deepEqual(
      manifest.files,
      files.slice(0, -1).map(({ path, content }) => ({
        path,
        size_bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })),
    );
    const rows = (collection: string) =>
      text(`${collection}.jsonl`)
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.parse(line));
    for (const { name, rows: count } of manifest.collections) assert.equal(rows(name).length, count, name);
    return { id, paths: files.map(({ path }) => path), text, rows, manifest };
  }

  async function store(content: string, area = 'cloud'): Promise<{ key: string; sizeBytes: number; sha256: string }> {
    const options = { contentType: 'text/plain', maxBytes: 1_000_000 };
    return market.outside.ports.files.write(newFileKey(area), Buffer.from(content), options);
  }
  async function addFile(ownerId: string, filename: string, content: string): Promise<string> {
    const { key, sizeBytes, sha256 } = await store(content);
    const id = uuidV7();
    await market.db.none(
      `insert into marketplace.cloud_files (id, owner_id, filename, mime_type, size_bytes, sha256, storage_key)
      values ($1, $2, $3, 'text/plain', $4, $5, $6)`,
      [id, ownerId, filename, sizeBytes, sha256, key],
    );
    return id;
  }
  async function addVersion(fileId: string, version: number, key: string): Promise<void> {
    await market.db.none(
      `insert into marketplace.cloud_file_versions (id, file_id, version, storage_key, mime_type, size_bytes, sha256)
      values ($1, $2, $3, $4, 'text/plain', 3, repeat('0', 64))`,
      [uuidV7(), fileId, version, key],
    );
  }
  const addGear = async (ownerId: string, name: string) => {
    const id = uuidV7();
    await market.db.none('insert into marketplace.gear (id, owner_id, name) values ($1, $2, $3)', [id, ownerId, name]);
    return id;
  };
  const addDocument = async (gearId: string, filename: string, content: string) => {
    const { key, sizeBytes, sha256 } = await store(content, 'gear');
    const id = uuidV7();
    await market.db.none(
      `insert into marketplace.gear_documents (id, gear_id, type, filename, mime_type, size_bytes, sha256, storage_key)
      values ($1, $2, 'manual', $3, 'application/pdf', $4, $5, $6)`,
      [id, gearId, filename, sizeBytes, sha256, key],
    );
    return id;
  };

  /** One of everything that a person can have, each with `word` in it. */
  async function settle(person: Person, seller: Person, word: string) {
    const { db } = market;
    const bought = await market.addProduct(seller.id, { title: `Bought ${word}` });
    await market.addProduct(person.id, { title: `Sold ${word}` });
    const { orderId } = await market.paidOrder(person, [bought]);
    const fileId = await addFile(person.id, `${word}.txt`, `file of ${word}`);
    const gearId = await addGear(person.id, `Gear of ${word}`);
    const documentId = await addDocument(gearId, `${word}.pdf`, `document of ${word}`);
    await db.none(
      `insert into marketplace.reviews (id, product_id, buyer_id, order_id, rating, comment) values ($1, $2, $3, $4, 5, $5);
      insert into marketplace.streams (id, user_id, title) values ($6, $3, $7);
      insert into marketplace.stream_keys (user_id, key_hash, key_sealed) values ($3, $8, 'a sealed key');
      insert into marketplace.gear_repairs (id, gear_id, repair_date, description, cost_cents, currency)
      values ($9, $10, '2026-02-03', $11, 500, 'EUR');
      insert into marketplace.cloud_shares (token_hash, file_id, permissions, expires_at) values ($8, $12, 'read', now())`,
      [
        uuidV7(),
        bought,
        person.id,
        orderId,
        `Review of ${word}`,
        uuidV7(),
        `Stream of ${word}`,
        Buffer.from(word),
        uuidV7(),
        gearId,
        `Repair of ${word}`,
        fileId,
      ],
    );
    await market.settled();
    return { bought, orderId, fileId, gearId, documentId };
  }

  it('holds all that a person has, in the words of a manifest whose hashes are true, and nothing of anybody else', async () => {
    const seller = await market.joinSeller();
    const mine = await settle(zoe, seller, 'zoe-word');
    await settle(other, seller, 'foreign-word');
    const archive = await exported(zoe);

    assert.deepEqual(
      archive.manifest.collections.map(({ name, path }: Row) => [name, path]),
      exportCollections.map(({ name }) => [name, `${name}.jsonl`]),
    );
    const [profile] = archive.rows('profile');
    assert.deepEqual([profile.id, profile.email, profile.seller_account], [zoe.id, zoe.email, null]);
    assert.deepEqual(
      archive.rows('products').map(row => row.title),
      ['Sold zoe-word'],
    );
    const [order, ...moreOrders] = archive.rows('orders');
    assert.equal(moreOrders.length, 0);
    assert.deepEqual(
      [order.id, order.status, order.total_cents, order.payment.method],
      [mine.orderId, 'completed', 2999, 'manual'],
    );
    assert.deepEqual(
      order.lines.map((line: Row) => [line.product_id, line.title]),
      [[mine.bought, 'Bought zoe-word']],
    );
    assert.match(order.invoices[0].number, /^INV-\d{4}-\d{6}$/);
    assert.deepEqual(
      archive.rows('reviews').map(row => row.comment),
      ['Review of zoe-word'],
    );
    assert.deepEqual(
      archive.rows('streams').map(row => row.title),
      ['Stream of zoe-word'],
    );
    assert.deepEqual(
      archive.rows('cloud_files').map(row => [row.id, row.shares.length]),
      [[mine.fileId, 1]],
    );
    assert.deepEqual(
      archive.rows('gear').map(row => row.id),
      [mine.gearId],
    );
    assert.deepEqual(
      archive.rows('documents').map(row => [row.id, row.gear_id]),
      [[mine.documentId, mine.gearId]],
    );
    assert.deepEqual(
      archive.rows('repairs').map(row => [row.repair_date, row.description]),
      [['2026-02-03', 'Repair of zoe-word']],
    );
    assert.equal(archive.text(`files/${mine.fileId}/zoe-word.txt`), 'file of zoe-word');
    assert.equal(archive.text(`files/${mine.documentId}/zoe-word.pdf`), 'document of zoe-word');
    assert.match(archive.text(`invoices/${order.invoices[0].id}/${order.invoices[0].number}.pdf`), /^%PDF/);

    const all = archive.paths.map(path => path + archive.text(path)).join('\n');
    for (const foreign of ['foreign-word', other.id, other.email, seller.id, seller.email])
      assert.ok(!all.includes(foreign), `${foreign} is somebody else's`);
    for (const secret of ['password', 'a sealed key', 'token', Buffer.from('zoe-word').toString('hex')])
      assert.ok(!all.includes(secret), `${secret} is secret`);
  });

  it('tells sellers what they were paid and for what, not by whom', async () => {
    const seller = await market.joinSeller();
    const product = await market.addProduct(seller.id, { title: 'A song' });
    const { orderId } = await market.paidOrder(zoe, [product, await market.addProduct((await market.joinSeller()).id)]);
    const archive = await exported(seller);
    const [transfer] = archive.rows('transfers');
    assert.deepEqual([transfer.order_id, transfer.amount_cents], [orderId, 2699]);
    assert.deepEqual(
      transfer.sold.map((line: Row) => [line.title, line.gross_cents]),
      [['A song', 2999]],
    );
    assert.match(archive.rows('profile')[0].seller_account.stripe_account_id, /^acct_/);
    const all = archive.paths.map(path => archive.text(path)).join('\n');
    for (const foreign of [zoe.id, zoe.email]) assert.ok(!all.includes(foreign));
  });

  it('is whole for somebody who has nothing', async () => {
    const archive = await exported(zoe);
    const files = exportCollections.map(({ name }) => `${name}.jsonl`);
    assert.deepEqual(archive.paths, [...files, 'index.html', 'manifest.json']);
    assert.equal(archive.rows('profile').length, 1);
    for (const { name } of exportCollections.slice(1)) assert.equal(archive.text(`${name}.jsonl`), '', name);
  });

  it('reads on where a page ended, in every collection, and leaves no row out or in twice', async () => {
    const { db } = market;
    await db.none(
      `insert into marketplace.notifications (id, user_id, type, title, body)
      select gen_random_uuid(), $1, 'test', 'Told ' || n, repeat('ü\n"', n % 50) from generate_series(1, 7000) n;
      insert into marketplace.products (id, seller_id, title, description, price_cents, currency, type)
      select gen_random_uuid(), $1, 'Product ' || n, repeat(chr(1), 9000), 1, 'EUR', 'x' from generate_series(1, 200) n;
      insert into marketplace.gear (id, owner_id, name) select gen_random_uuid(), $1, 'Gear ' || n from generate_series(1, 4) n;
      insert into marketplace.gear_repairs (id, gear_id, repair_date, description, cost_cents, currency)
      select gen_random_uuid(), gear.id, date '2026-01-01' + n % 3, 'Repair ' || n, 1, 'EUR'
      from marketplace.gear, generate_series(1, 400) n where owner_id = $1;
      insert into marketplace.gear_documents (id, gear_id, type, filename, mime_type, size_bytes, sha256, storage_key)
      select gen_random_uuid(), gear.id, 'other', 'f', 'text/plain', 1, repeat('0', 64), 'gear/none' from marketplace.gear, generate_series(1, 300) n where owner_id = $1;
      insert into marketplace.cloud_files (id, owner_id, filename, mime_type, size_bytes, sha256, storage_key)
      select gen_random_uuid(), $1, 'f', 'text/plain', 1, repeat('0', 64), 'cloud/none' from generate_series(1, 3) n;
      insert into marketplace.cloud_file_versions (id, file_id, version, storage_key, mime_type, size_bytes, sha256)
      select gen_random_uuid(), cloud_files.id, n, 'cloud/none', 'text/plain', 1, repeat('0', 64) from marketplace.cloud_files, generate_series(1, 400) n where owner_id = $1`,
      [zoe.id],
    );
    await db.none(
      `insert into marketplace.orders (id, buyer_id, status, currency, total_cents, transfer_group, paid_at)
      select gen_random_uuid(), $2, 'completed', 'EUR', 1, gen_random_uuid()::text, now() from generate_series(1, 1200) n;
      insert into marketplace.transfers (id, order_id, seller_id, currency, amount_cents, platform_fee_cents, created_at)
      select gen_random_uuid(), id, $1, 'EUR', 1, 0, timestamptz '2026-01-01' + (row_number() over () % 7) * interval '1 microsecond'
      from marketplace.orders where buyer_id = $2`,
      [zoe.id, other.id],
    );
    const archive = await exported(zoe);
    const sizes = archive.manifest.collections.map(({ name, rows }: Row) => [name, rows]);
    const counts = {
      notifications: 7000,
      products: 200,
      repairs: 1600,
      documents: 1200,
      cloud_file_versions: 1200,
      transfers: 1200,
    };
    for (const [name, count] of Object.entries(counts)) {
      assert.deepEqual(
        sizes.find(([known]: string[]) => known === name),
        [name, count],
      );
      assert.equal(new Set(archive.rows(name).map(row => row.id)).size, count, name);
    }
    assert.equal(archive.rows('notifications').filter(row => row.body === 'ü\n"'.repeat(49)).length, 140);
    assert.equal(archive.manifest.missing.length, 3 + 1200);
  });

  it('holds what earlier versions had in them, each content once', async () => {
    const id = await addFile(zoe.id, 'song.txt', 'now');
    const { storageKey } = await market.db.one<{ storageKey: string }>(
      'select storage_key from marketplace.cloud_files where id = $1',
      [id],
    );
    const { key } = await store('old');
    for (const [version, at] of [key, key, storageKey].entries()) await addVersion(id, version + 1, at);
    const archive = await exported(zoe);
    assert.deepEqual(
      archive.paths.filter(path => path.startsWith('files/')),
      [`files/${id}/song.txt`, `files/${id}/versions/1/song.txt`],
    );
    assert.equal(archive.text(`files/${id}/versions/1/song.txt`), 'old');
    assert.equal(archive.rows('cloud_file_versions').length, 3);
  });

  it('names what is gone from the store, and goes on', async () => {
    const id = await addFile(zoe.id, 'gone.txt', 'gone');
    const { storageKey } = await market.db.one<{ storageKey: string }>(
      'select storage_key from marketplace.cloud_files where id = $1',
      [id],
    );
    await market.outside.ports.files.delete(storageKey);
    const kept = await addFile(zoe.id, 'kept.txt', 'kept');
    const archive = await exported(zoe);
    assert.deepEqual(archive.manifest.missing, [`files/${id}/gone.txt`]);
    assert.equal(archive.text(`files/${kept}/kept.txt`), 'kept');
    assert.match(archive.text('index.html'), /Not there any more when this export was made: 1/);
  });

  it('shows people a page on which nothing that they have written is markup, and nothing runs', async () => {
    await market.addProduct(zoe.id, { title: `<script>alert("1")</script>'&` });
    const id = await addFile(zoe.id, `"><img src=x onerror='1'>.txt`, 'x');
    const archive = await exported(zoe);
    const page = archive.text('index.html');
    assert.ok(page.includes('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;'));
    assert.doesNotMatch(page, /<script|<img/i);
    assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'/);
    const stored = archive.paths.find(path => path.startsWith(`files/${id}/`)) as string;
    assert.ok(
      page.includes(`<a href="${stored.split('/').map(encodeURIComponent).join('/').replaceAll("'", '&#39;')}">`),
    );
  });

  it('tells its owner once when it is ready, and leaves links of earlier exports out of later ones', async () => {
    const first = await exported(zoe);
    await market.db.none("update marketplace.exports set created_at = now() - interval '2 days' where id = $1", [
      first.id,
    ]);
    const second = await exported(zoe);
    const told = second.rows('notifications');
    assert.deepEqual(
      told.map(row => [row.type, row.data.export_id]),
      [['export_ready', first.id]],
    );
    assert.ok(!second.text('notifications.jsonl').includes('/files/'));
  });

  it('writes each attempt where no other writes: a lost worker that goes on replaces nothing', async () => {
    const { id: exportId } = await market.db.tx(tx => beginExport(tx, zoe.id));
    const { db, spine, outside } = market;
    const attempt = () =>
      makeExport(
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that this handler asks its context for
        {
          ports: outside.ports,
          signal: new AbortController().signal,
          transact: (work: (tx: Transaction) => Promise<unknown>) => transact({ db, dispatch: spine.dispatch }, work),
          progress: () => {},
        } as unknown as Parameters<typeof makeExport>[0],
        { exportId },
      );
    const first = await attempt();
    await market.db.none("update marketplace.users set username = username || '2' where id = $1", [zoe.id]);
    const late = await attempt();
    assert.notEqual(late.sha256, first.sha256);
    for (const { fileKey, sha256 } of [first, late]) {
      const found = await outside.ports.files.read(fileKey);
      assert.equal(
        createHash('sha256')
          .update(await buffer(found!.stream))
          .digest('hex'),
        sha256,
      );
    }
  });

  it('ends an export whose job is cancelled, and says so', async () => {
    const id = await market.db.tx(async tx => {
      const begun = await beginExport(tx, zoe.id);
      assert.equal(begun.outcome, 'begun');
      return begun.id;
    });
    const order = { owner: `marketplace/${zoe.id}`, requestId: randomUUID(), delayMs: 3_600_000 };
    const { spine } = market;
    const job = await transact({ db: market.db, dispatch: spine.dispatch }, tx =>
      insertJob(tx, userExport, { exportId: id }, order),
    );
    await market.db.tx(tx => endUnclaimed(tx, spine.settlers, job.id, 'cancelled', { code: 'cancelled', message: '' }));
    const row = await market.db.one('select status, failure from marketplace.exports where id = $1', [id]);
    assert.deepEqual(row, { status: 'failed', failure: 'cancelled' });
    const { type } = await market.db.one<{ type: string }>(
      'select type from marketplace.notifications where user_id = $1',
      [zoe.id],
    );
    assert.equal(type, 'export_failed');
    assert.equal((await getJob(market.db, job.id))?.state, 'cancelled');
  });
});
