import { z } from 'zod';
import { callApi } from './api.ts';
import type { Person } from './people.ts';

const keySchema = z.object({ stream_key: z.string() });

/** A stream that is on the air, and a draft. */
export async function addStreams(edge: string, { token }: Person, hookSecret: string): Promise<void> {
  const streams = [
    { title: 'Chopping breaks, second evening', description: 'Soon.', category: 'music', tags: ['drums'] },
    { title: 'Late night lo-fi', description: 'Making beats, live.', category: 'music', tags: ['lo-fi', 'hip-hop'] },
  ];
  for (const [index, body] of streams.entries()) {
    const headers = { 'idempotency-key': `demo-stream-${index}` };
    await callApi('POST', `${edge}/api/v1/live/streams`, { token, body, headers });
  }
  const { data } = await callApi('GET', `${edge}/api/v1/live/streams/me/key`, { token });
  const body = { name: keySchema.parse(data).stream_key };
  await callApi('POST', `${edge}/api/v1/live/hooks/publish`, { body, headers: { 'x-live-secret': hookSecret } });
}
