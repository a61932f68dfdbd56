import { STATUS_CODES } from 'node:http';
import { usualStatus, type Surface } from '../surface.ts';
import { jobsAuthenticator, type TokenVerifier } from './actor.ts';
import { cancelJob } from './routes/cancel.ts';
import { watchJob } from './routes/events.ts';
import { postJob, postJobBatch } from './routes/post.ts';
import { getJobById, listKinds, listOwnJobs } from './routes/read.ts';

/** The job resource that every asynchronous route of the other surfaces answers with. Errors are RFC 9457 problems. */
export function jobsSurface(options: { verifiers: Readonly<Record<string, TokenVerifier>> }): Surface {
  return {
    name: 'jobs',
    title: 'millrace jobs',
    description: 'Post work, poll it, follow it, cancel it.',
    prefixes: ['/jobs'],
    routes: [listKinds, postJob, postJobBatch, getJobById, watchJob, listOwnJobs, cancelJob],
    authenticate: jobsAuthenticator(options.verifiers),
    wrap: body => body,
    wrapSchema: schema => schema,
    explain: (fault, status, requestId) => ({
      contentType: 'application/problem+json; charset=utf-8',
      body: {
        ...fault.details,
        type: 'about:blank',
        title: STATUS_CODES[status] ?? 'Error',
        status,
        detail: fault.message,
        code: (fault.reason ?? fault.code).toUpperCase(),
        requestId,
      },
    }),
    status: usualStatus,
    tokenDescription:
      'A service key (`mk_…`) or an access token of any surface; of one that has tenants, in the tenant that the header `X-Tenant-Id` names.',
    faultSchema: {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
      properties: {
        type: { type: 'string' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        code: { type: 'string' },
        requestId: { type: 'string', format: 'uuid' },
        issues: {
          description: 'Of input that a schema refuses: all that is wrong with it',
          type: 'array',
          items: {
            type: 'object',
            required: ['in', 'path', 'message'],
            properties: {
              in: { type: 'string', enum: ['path', 'query', 'body'] },
              path: { type: 'string' },
              message: { type: 'string' },
            },
          },
        },
        index: { description: 'Of the item of a batch that was refused', type: 'integer', minimum: 0 },
        jobId: { description: 'Of the live job that has the same unique key', type: 'string', format: 'uuid' },
        cap: { description: 'How many live jobs an owner may have', type: 'integer' },
      },
    },
  };
}
