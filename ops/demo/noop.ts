import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { callApi } from '../demo-data/api.ts';
import type { DemoFile } from '../demo-data/demo-file.ts';
import { must, type Steps } from './steps.ts';

const jobSchema = z.object({ id: z.uuid(), status: z.string(), result: z.unknown() });

/** A job, from its request to its result. */
export async function showNoop(steps: Steps, { edge, serviceKey }: DemoFile): Promise<void> {
  await steps.run('a posted noop job answers its payload', async () => {
    const body = { hello: 'millrace' };
    const headers = { prefer: 'wait=10', 'idempotency-key': randomUUID() };
    const { status, data } = await callApi('POST', `${edge}/jobs/noop`, { token: serviceKey, body, headers });
    const job = jobSchema.parse(data);
    must(status === 200 && job.status === 'succeeded', 'the job must have succeeded', job);
    must(JSON.stringify(job.result) === JSON.stringify(body), 'its result must be its payload', job.result);
    const again = await callApi('POST', `${edge}/jobs/noop`, { token: serviceKey, body, headers });
    must(jobSchema.parse(again.data).id === job.id, 'a repeated key must answer the same job', again.data);
    return job.id;
  });
}
