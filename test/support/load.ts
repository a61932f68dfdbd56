import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Posted, TestEdge } from './system.ts';

/** Clients that post one job after another, each under a key that is sent again until it is accepted. */
export interface Load {
  /** Every answer so far. */
  answers: Posted[];
  accepted(): number;
  /** Lets each client finish its present job; answers the id accepted for each key. */
  stop(): Promise<Map<string, string>>;
}

const pauseMs = 10;

export function startLoad(edge: Pick<TestEdge, 'post'>, kind: string, { clients = 4, call = false } = {}): Load {
  const answers: Posted[] = [];
  const accepted = new Map<string, string>();
  let stopping = false;
  const client = async () => {
    while (!stopping) {
      const key = randomUUID();
      const payload = { n: accepted.size, ...(call && { call }) };
      while (!accepted.has(key)) {
        const answer = await edge.post(kind, payload, { 'idempotency-key': key });
        answers.push(answer);
        if (answer.status === 202) accepted.set(key, answer.body.id as string);
        else if (answer.status !== 503 && answer.status !== 0)
          throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
        await delay(pauseMs);
      }
    }
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  running.catch(() => {}); // told by `stop`
  return {
    answers,
    accepted: () => accepted.size,
    stop: async () => {
      stopping = true;
      await running;
      return accepted;
    },
  };
}
