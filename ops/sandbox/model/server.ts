import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Reply, startJsonServer } from '../json-server.ts';
import { type AskedCompletion, complete, refuse } from './completions.ts';
import { Faults, type ModelFault, readFault } from './faults.ts';

export interface ModelSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Loopback unless asked otherwise: it trusts whoever reaches it. */
  host?: string;
  /** Asked for when it is given. */
  apiKey?: string;
}

export interface ModelSandboxState {
  /** The last 100, oldest first. */
  completions: AskedCompletion[];
  faults: ModelFault[];
}

export interface ModelSandbox {
  /** The API's base, with its `/v1`. */
  url: string;
  port: number;
  /** The one model that it lists; it answers for any name. */
  model: string;
  /** Throws for a fault that doesn't exist. */
  arm: (fault: ModelFault) => void;
  clear: () => void;
  state: () => ModelSandboxState;
  stop: () => Promise<void>;
}

const model = 'sandbox-model';
const maxKept = 100;

/**
 * Starts a server that speaks OpenAI's chat completions and answers the same to the same, having understood nothing, plus `/_sandbox/…` to arm
 * faults, have it say what a test needs, and look inside.
 */
export async function startModelSandbox(options: ModelSandboxOptions = {}): Promise<ModelSandbox> {
  const faults = new Faults();
  const completions: AskedCompletion[] = [];
  const state = (): ModelSandboxState => structuredClone({ completions, faults: faults.list() });
  const asked = (completion: AskedCompletion): void => {
    completions.push(completion);
    if (completions.length > maxKept) completions.shift();
  };

  const answer = async (req: IncomingMessage, { pathname }: URL, text: string): Promise<Reply> => {
    const route = `${req.method} ${pathname}`;
    try {
      const body: unknown = text === '' ? {} : JSON.parse(text);
      if (pathname.startsWith('/_sandbox/')) return operate(req, route, body);
      if (options.apiKey !== undefined && req.headers.authorization !== `Bearer ${options.apiKey}`)
        return refuse(401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.');
      if (route === 'GET /v1/models')
        return { status: 200, body: { object: 'list', data: [{ id: model, object: 'model' }] } };
      if (route === 'POST /v1/chat/completions') return await complete(faults, body, asked);
      return refuse(404, 'invalid_request_error', 'unknown_url', `Unknown request URL: ${route}.`);
    } catch (error) {
      if (error instanceof SyntaxError) return refuse(400, 'invalid_request_error', null, error.message);
      throw error;
    }
  };

  /** JSON in and out, no key (loopback only). A browser's cross-site request is refused by its `Origin`. */
  const operate = (req: IncomingMessage, route: string, body: unknown): Reply => {
    if (req.method !== 'GET' && req.headers.origin !== undefined)
      return { status: 403, body: { error: 'Not for browsers.' } };
    try {
      if (route === 'GET /_sandbox/state') return { status: 200, body: state() };
      if (route === 'POST /_sandbox/faults') faults.arm(readFault(body));
      else if (route === 'DELETE /_sandbox/faults') faults.clear();
      else if (route !== 'GET /_sandbox/faults') return { status: 404, body: { error: `Nothing at ${route}.` } };
      return { status: req.method === 'POST' ? 201 : 200, body: { faults: faults.list() } };
    } catch (error) {
      if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
      throw error;
    }
  };

  const server = await startJsonServer(options, answer);
  return {
    url: `${server.url}/v1`,
    port: server.port,
    model,
    arm: fault => faults.arm(readFault(fault)),
    clear: () => faults.clear(),
    state,
    stop: async () => {
      const stopped = server.stop();
      faults.clear();
      await stopped;
    },
  };
}
