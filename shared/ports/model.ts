import { z } from 'zod';
import { type Answer, type Call, exchange, NoAnswer, parseAnswer } from './exchange.ts';
import { fitsShape, type JsonSchema } from './json-shape.ts';
import { failureOfAnswer, ModelFailure } from './model-failure.ts';

export type { JsonSchema } from './json-shape.ts';
export { ModelFailure, type ModelOutcome } from './model-failure.ts';

export interface Prompt {
  prompt: string;
  /** The answer must be JSON of this shape. */
  responseJsonSchema?: JsonSchema | undefined;
  /** Sent along whole: the model's host fetches nothing from us. */
  images?: readonly { contentType: string; content: Buffer }[] | undefined;
  /** Headers and body together; the port's own unless given. */
  timeoutMs?: number | undefined;
}

export interface Completion {
  /** With a schema the parsed JSON, which has its basic shape (see `fitsShape`); else a text. */
  result: unknown;
  /** As the provider calls the one that answered. */
  model: string;
  /** Whole milliseconds. */
  latencyMs: number;
}

/** A language model. */
export interface ModelPort {
  /** Asks once, and doesn't remember. Fails with `ModelFailure` and nothing else. */
  complete: (request: Prompt & Call) => Promise<Completion>;
}

/** One request that left this process. */
export interface ModelRequestSeen {
  /** `chat.completions` */
  operation: string;
  /** null when no whole answer came. */
  status: number | null;
  durationMs: number;
}

export interface ModelOptions {
  /** The base of an OpenAI-compatible API: `https://api.openai.com/v1`. */
  url: string;
  /** Servers of one's own often want none. */
  apiKey?: string | undefined;
  model: string;
  /** 20 seconds unless given. */
  timeoutMs?: number | undefined;
  /** Told of each request that left, answered or not. */
  onRequest?: (seen: ModelRequestSeen) => void;
}

const maxAnswerBytes = 1_048_576;

const completionSchema = z.object({
  model: z.string().max(200).optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().max(100).nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
});

/** The port over plain `fetch`. Throws for an address that is none, and for a key that no header can carry, without quoting it. */
export function createModelPort(options: ModelOptions): ModelPort {
  const { apiKey, model } = options;
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey))
    throw new Error('The model API key is empty or no header can carry it.');
  const url = `${new URL(options.url).href.replace(/\/+$/, '')}/chat/completions`;

  const send = async (body: object, timeoutMs: number | undefined, call: Call): Promise<Answer> => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
    };
    const limits = {
      timeoutMs: timeoutMs ?? options.timeoutMs ?? 20_000,
      maxBytes: maxAnswerBytes,
      signal: call.signal,
    };
    const startedAt = performance.now();
    let answer: Answer | null = null;
    try {
      answer = await exchange(url, { method: 'POST', headers, body: JSON.stringify(body) }, limits);
      return answer;
    } catch (error) {
      throw new ModelFailure('retry', error instanceof NoAnswer ? error.code : 'connection', null, error);
    } finally {
      const durationMs = performance.now() - startedAt;
      options.onRequest?.({ operation: 'chat.completions', status: answer?.status ?? null, durationMs });
    }
  };

  return {
    async complete({ prompt, responseJsonSchema, images = [], timeoutMs, ...call }) {
      const startedAt = performance.now();
      const parts = images.map(({ contentType, content }) => ({
        type: 'image_url',
        image_url: { url: `data:${contentType};base64,${content.toString('base64')}` },
      }));
      const content = parts.length === 0 ? prompt : [{ type: 'text', text: prompt }, ...parts];
      const body = {
        model,
        messages: [{ role: 'user', content }],
        ...(responseJsonSchema === undefined
          ? {}
          : // Not strict: that is for schemas written for it, and refuses most others.
            {
              response_format: { type: 'json_schema', json_schema: { name: 'result', schema: responseJsonSchema } },
            }),
      };
      const answer = await send(body, timeoutMs, call);
      const { text, by } = readCompletion(answer);
      const result = responseJsonSchema === undefined ? text : readJson(text, responseJsonSchema, answer.status);
      return { result, model: by ?? model, latencyMs: Math.round(performance.now() - startedAt) };
    },
  };
}

function readCompletion(answer: Answer): { text: string; by: string | undefined } {
  const { status } = answer;
  if (status < 200 || status > 299) throw failureOfAnswer(answer);
  const completion = parseAnswer(completionSchema, answer.text);
  const choice = completion?.choices[0];
  if (choice === undefined) throw new ModelFailure('failed', 'invalid_answer', status);
  const { message, finish_reason: reason } = choice;
  if (message.refusal) throw new ModelFailure('failed', 'refusal', status);
  if (reason === 'length' || reason === 'content_filter') throw new ModelFailure('failed', reason, status);
  if (!message.content) throw new ModelFailure('failed', 'invalid_answer', status);
  return { text: message.content, by: completion?.model };
}

function readJson(text: string, schema: JsonSchema, status: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without its cause, which quotes the answer.
    throw new ModelFailure('failed', 'not_json', status);
  }
  if (fitsShape(schema, value)) return value;
  throw new ModelFailure('failed', 'off_schema', status);
}
