import { createHash } from 'node:crypto';
import { z } from 'zod';
import { callApi } from '../demo-data/api.ts';
import { runScheduleNow } from './run-schedule.ts';
import type { Scene } from './scene.ts';
import { must, until, type Steps } from './steps.ts';

const fileSchema = z.object({ file: z.object({ id: z.uuid(), current_version: z.int() }) });
const versionsSchema = z.object({ versions: z.array(z.object({ version: z.int() })) });
const shareSchema = z.object({ share_url: z.url(), token: z.string() });
const sharedSchema = z.object({ download_url: z.url() });
const gearSchema = z.object({ id: z.uuid(), warranty_status: z.string() });
const mailsSchema = z.object({ mails: z.array(z.object({ to: z.unknown(), subject: z.string() })) });
const keySchema = z.object({ stream_key: z.string() });
const streamsSchema = z.object({ streams: z.array(z.object({ title: z.string(), is_live: z.boolean() })) });
const exportSchema = z.object({
  export: z.object({ id: z.uuid(), status: z.string(), sha256: z.string().nullish(), download_url: z.url().nullish() }),
});

/** A file, its versions, and a link that anybody may open. */
export async function showFiles(steps: Steps, scene: Scene): Promise<void> {
  const { buyer } = scene.people;
  const id = await steps.run('a file is uploaded, changed, and restored to its first version', async () => {
    const { file } = fileSchema.parse((await scene.send('POST', 'cloud/files', buyer, form('first\n'))).data);
    await scene.send('PUT', `cloud/files/${file.id}/content`, buyer, form('second\n'));
    const restored = fileSchema.parse((await scene.send('POST', `cloud/files/${file.id}/restore/1`, buyer)).data);
    must(restored.file.current_version === 1, 'version 1 must be current', restored);
    const { bytes } = await scene.save(`cloud/files/${file.id}/content`, buyer, 'demo.txt');
    must(bytes.toString() === 'first\n', 'its content must be the first', bytes.toString());
    return file.id;
  });
  await steps.run('it is shared, and opened by somebody without an account', async () => {
    const shared = shareSchema.parse(
      (await scene.send('POST', `cloud/files/${id}/share`, buyer, { permissions: 'read' })).data,
    );
    const { download_url } = sharedSchema.parse(await scene.get(`cloud/shared/${shared.token}`, null));
    const { bytes } = await scene.save(download_url, null, 'shared.txt');
    must(bytes.toString() === 'first\n', 'it must be the same content', bytes.toString());
    const { versions } = versionsSchema.parse(await scene.get(`cloud/files/${id}/versions`, buyer));
    return `${versions.length} versions`;
  });
}

/** Gear whose warranty is about to end: a notification, and a mail that can be read in the outbox. */
export async function showWarranty(steps: Steps, scene: Scene, dataDir: string): Promise<void> {
  const { buyer } = scene.people;
  await steps.run('gear with a warranty that ends tomorrow brings one mail', async () => {
    const name = `Demo sampler ${Date.now() % 100_000}`;
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const body = { name, warranty_expires_at: tomorrow };
    const gear = gearSchema.parse((await scene.send('POST', 'inventory/gear', buyer, body)).data);
    must(gear.warranty_status === 'expiring', 'its warranty must be about to end', gear);
    // Once a day by itself; twice here, to show that it tells once.
    await runScheduleNow(dataDir, 'warranty-scan');
    await runScheduleNow(dataDir, 'warranty-scan');
    const read = async () => mailsSchema.parse((await callApi('GET', `${scene.demo.outbox}/mails.json`)).data).mails;
    const about = (mails: Awaited<ReturnType<typeof read>>) => mails.filter(({ subject }) => subject.includes(name));
    const mails = await until('a mail must be sent', read, all => about(all).length > 0);
    must(about(mails).length === 1, 'it must be one mail', about(mails));
    return `"${about(mails)[0]?.subject}"; read it at ${scene.demo.outbox}`;
  });
}

/** A stream goes on the air when the RTMP server says so. */
export async function showLive(steps: Steps, scene: Scene): Promise<void> {
  const { seller } = scene.people;
  await steps.run('a stream is on the air for everybody, its key for nobody', async () => {
    const { stream_key: name } = keySchema.parse(await scene.get('live/streams/me/key', seller));
    const headers = { 'x-live-secret': scene.demo.live.hookSecret };
    await scene.send('POST', 'live/hooks/publish', null, { name }, { headers });
    const answer = await scene.get('live/streams?is_live=true', null);
    must(!JSON.stringify(answer).includes(name), 'nobody must see the key', answer);
    const { streams } = streamsSchema.parse(answer);
    return streams.map(({ title }) => title).join(', ');
  });
}

/** A copy of all that a person has here. */
export async function showExport(steps: Steps, scene: Scene): Promise<void> {
  const { buyer } = scene.people;
  await steps.run('the buyer’s data is exported and downloaded', async () => {
    const { data } = await scene.send('POST', 'users/me/export', buyer);
    const { id } = exportSchema.parse(data).export;
    const { export: done } = await until(
      'the export must be ready',
      async () => exportSchema.parse(await scene.get(`users/me/exports/${id}`, buyer)),
      answer => answer.export.status === 'ready',
    );
    const { file, bytes } = await scene.save(done.download_url ?? '', null, 'export.zip');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    must(
      bytes.subarray(0, 2).toString() === 'PK' && sha256 === done.sha256,
      'it must be the ZIP that was made',
      sha256,
    );
    return `${file}, ${bytes.length} bytes`;
  });
}

function form(text: string): FormData {
  const body = new FormData();
  body.set('file', new File([text], 'demo.txt', { type: 'text/plain' }));
  return body;
}
