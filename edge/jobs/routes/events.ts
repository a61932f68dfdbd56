import { PassThrough } from 'node:stream';
import type { JobRow } from '../../../db/core/jobs.ts';
import { isFinal } from '../../../shared/state.ts';
import { defineRoute } from '../../route.ts';
import { viewJob } from '../view.ts';
import { findVisibleJob, idParams } from './read.ts';

/** Proxies close a silent connection after a minute or so. */
const commentEveryMs = 15_000;
/** How long a client waits before it connects again. */
const reconnectMs = 2_000;

export const watchJob = defineRoute({
  method: 'GET',
  path: '/jobs/:id/events',
  summary: "Follow a job's changes",
  description:
    "Server-sent events: the job at each change seen (changes are coalesced), the event's id being its revision and ETag. `Last-Event-ID` resumes: the current state follows if it is newer. Ends at the final state.",
  roles: 'any',
  params: idParams,
  response: { 200: { contentType: 'text/event-stream', description: 'The job at each change' } },
  idempotency: 'none',
  handler: async request => {
    const { edge, signal, headers } = request;
    const job = await findVisibleJob(request);
    const stream = new PassThrough();
    const close = () => {
      clearInterval(comments);
      unsubscribe();
      signal.removeEventListener('abort', close);
      stream.end();
    };
    const send = (row: JobRow) => {
      stream.write(`id: ${row.rev}\nevent: job\ndata: ${JSON.stringify(viewJob(row))}\n\n`);
      if (isFinal(row.state)) close();
    };
    const comments = setInterval(() => stream.write(': still here\n\n'), commentEveryMs);
    const unsubscribe = edge.watcher.subscribe(job.id, job.rev, send);
    signal.addEventListener('abort', close, { once: true });
    stream.write(`retry: ${reconnectMs}\n\n`);
    if (headers['last-event-id'] !== String(job.rev)) send(job);
    else if (isFinal(job.state)) close();
    return { status: 200, body: stream, headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } };
  },
});
