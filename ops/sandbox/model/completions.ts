import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Reply } from '../json-server.ts';
import type { Faults, ModelFault } from './faults.ts';
import { echo, fillSchema } from './fill-schema.ts';

/** A completion that was asked for, for assertions on what was really sent. */
export interface AskedCompletion {
  model: string;
  prompt: string;
  images: { contentType: string; bytes: number; sha256: string }[];
  schema: unknown;
}

const partSchema = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
]);
const requestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.string(), content: z.union([z.string(), z.array(partSchema)]) })).min(1),
  response_format: z
    .union([
      z.object({ type: z.enum(['text', 'json_object']) }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: z.string().regex(/^[\w-]{1,64}$/),
          schema: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    ])
    .optional(),
});

/** Answers `POST /v1/chat/completions`. */
export async function complete(
  faults: Faults,
  body: unknown,
  asked: (completion: AskedCompletion) => void,
): Promise<Reply> {
  const request = requestSchema.safeParse(body);
  if (!request.success) return refuse(400, 'invalid_request_error', null, z.prettifyError(request.error));
  const { model, messages, response_format: format } = request.data;
  const parts = messages.flatMap(({ content }) =>
    typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content,
  );
  const prompt = parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
  const urls = parts.flatMap(part => (part.type === 'image_url' ? [part.image_url.url] : []));
  const images = urls.map(readImage);
  if (images.includes(null))
    return refuse(400, 'invalid_request_error', 'invalid_image_url', 'Only base64 data URLs, of images.');
  const schema = format?.type === 'json_schema' ? (format.json_schema.schema ?? {}) : null;
  asked({ model, prompt, images: images.filter(image => image !== null), schema });

  const fault = faults.take(prompt);
  if (fault?.fault === 'slow') await faults.hold(fault);
  const lost = fault === null ? null : strike(fault);
  if (lost !== null) return lost;
  const content = fault?.fault === 'says' ? textOf(fault.content) : contentOf(fault, prompt, schema, images.length);
  const message = { role: 'assistant', content, refusal: null };
  if (fault?.fault === 'refusal')
    return answer(model, { ...message, content: null, refusal: "I'm sorry, I can't help with that." }, 'stop');
  if (fault?.fault === 'cut_short')
    return answer(model, { ...message, content: content.slice(0, content.length / 2) }, 'length');
  return answer(model, message, 'stop');
}

/** What a fault answers, or keeps, instead of a completion. */
function strike({ fault }: ModelFault): Reply | null {
  if (fault === 'drop') return { kept: 'dropped' };
  if (fault === 'timeout') return { kept: 'unanswered' };
  if (fault === 'garbage') return { status: 200, body: '<html>Welcome to the hotel</html>' };
  if (fault === 'server_error') return refuse(500, 'server_error', null, 'The server had an error.');
  if (fault === 'rate_limit') return refuse(429, 'requests', 'rate_limit_exceeded', 'Rate limit reached.');
  if (fault === 'out_of_quota')
    return refuse(429, 'insufficient_quota', 'insufficient_quota', 'You exceeded your quota.');
  return null;
}

function contentOf(fault: ModelFault | null, prompt: string, schema: unknown, images: number): string {
  if (schema === null || fault?.fault === 'prose')
    return `The sandbox has read "${echo(prompt)}" and ${images} ${images === 1 ? 'image' : 'images'}.`;
  return JSON.stringify(fault?.fault === 'off_schema' ? [[]] : fillSchema(schema, prompt));
}

function answer(model: string, message: object, reason: string): Reply {
  const body = {
    id: 'chatcmpl-sandbox',
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  };
  return { status: 200, body };
}

/** OpenAI's `{error: {message, type, param, code}}`. */
export function refuse(status: number, type: string, code: string | null, message: string): Reply {
  return { status, body: { error: { message, type, param: null, code } } };
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content ?? null);
}

function readImage(url: string): AskedCompletion['images'][number] | null {
  const [, contentType, base64] = /^data:(image\/[\w.+-]+);base64,([\w+/]+=*)$/.exec(url) ?? [];
  if (contentType === undefined || base64 === undefined) return null;
  const content = Buffer.from(base64, 'base64');
  return { contentType, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
