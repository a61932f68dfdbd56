import { z } from 'zod';
import { callApi } from './api.ts';
import type { Person } from './people.ts';

const idSchema = z.object({ id: z.uuid() });
const totalSchema = z.object({ total: z.int() });
const fileSchema = z.object({ file: idSchema });
const dayMs = 86_400_000;

/** What the buyer keeps here: gear with its papers and repairs, files with versions and a share, an export of it all. */
export async function addBelongings(edge: string, { token }: Person): Promise<void> {
  const post = async (path: string, name: string, body?: unknown, method: 'POST' | 'PUT' = 'POST') => {
    const headers = { 'idempotency-key': `demo-${name}` };
    return (await callApi(method, `${edge}/api/v1/${path}`, { token, body, headers })).data;
  };
  // A start that was cut short has made some of it; of gear whose dates count from today, no key would say so.
  const { total } = totalSchema.parse((await callApi('GET', `${edge}/api/v1/inventory/gear`, { token })).data);
  if (total > 0) return;
  const gearIds: string[] = [];
  for (const [index, body] of gear(Date.now()).entries())
    gearIds.push(idSchema.parse(await post('inventory/gear', `gear-${index}`, body)).id);
  const synth = `inventory/gear/${gearIds[0]}`;
  const invoice = form('synth-invoice.txt', 'Invoice 4711\n1 × Synthesiser, 899.00 EUR\n');
  invoice.set('type', 'invoice');
  await post(`${synth}/documents`, 'document', invoice);
  const repair = {
    repair_date: day(-40),
    description: 'New keybed',
    cost_cents: 8_500,
    currency: 'EUR',
    provider: 'Workshop Nowak',
  };
  await post(`${synth}/repairs`, 'repair', repair);

  const { file } = fileSchema.parse(await post('cloud/files', 'file', form('lyrics.txt', 'First verse\n')));
  await post(`cloud/files/${file.id}/content`, 'content', form('lyrics.txt', 'First verse\nSecond verse\n'), 'PUT');
  await post(`cloud/files/${file.id}/versions`, 'version');
  await post(`cloud/files/${file.id}/share`, 'share', { permissions: 'read', expires_in_hours: 720 });
  await post('cloud/files', 'notes', form('set-list.csv', 'title,minutes\nIntro,2\nDust,5\n'));
  // A start that is taken up may have made one already.
  await callApi('POST', `${edge}/api/v1/users/me/export`, { token }, [202, 409, 429]);
}

function gear(nowMs: number) {
  const named = { category: 'studio', currency: 'EUR' };
  return [
    {
      ...named,
      name: 'Synthesiser',
      brand: 'Korg',
      model: 'Minilogue',
      serial_number: 'KM-20331',
      purchase_date: day(-710, nowMs),
      purchase_price_cents: 89_900,
      warranty_expires_at: day(20, nowMs),
    },
    {
      ...named,
      name: 'Audio interface',
      brand: 'RME',
      purchase_price_cents: 72_900,
      warranty_expires_at: day(5, nowMs),
    },
    {
      ...named,
      name: 'Microphone',
      brand: 'Neumann',
      purchase_price_cents: 109_900,
      warranty_expires_at: day(-100, nowMs),
    },
    { ...named, name: 'Monitors', brand: 'Adam', purchase_price_cents: 64_000, warranty_expires_at: day(900, nowMs) },
    { name: 'Guitar', category: 'instrument', notes: "My grandfather's." },
  ];
}

function day(offset: number, nowMs = Date.now()): string {
  return new Date(nowMs + offset * dayMs).toISOString().slice(0, 10);
}

function form(filename: string, text: string): FormData {
  const body = new FormData();
  body.set('file', new File([text], filename, { type: 'text/plain' }));
  return body;
}
