import assert from 'node:assert/strict';
import { serveEdge, type ServedEdge } from '../../support/edge.ts';
import { eventually } from '../../support/eventually.ts';
import { handlers, kinds, release } from './kinds.ts';

interface SentEvent {
  id: string;
  event: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it asserts
  data: any;
}

interface Stream {
  status: number;
  headers: Headers;
  events: SentEvent[];
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  leave(): void;
}

describe("following a job's events", function () {
  this.timeout(60_000);
  let served: ServedEdge;
  let token: string;
  /** Who is subscribed to the edge's watcher right now. */
  const watching = new Set<object>();

  before(async () => {
    served = await serveEdge({ kinds, handlers });
    token = await served.key();
    const { watcher } = served.edge.services;
    const subscribe = watcher.subscribe.bind(watcher);
    watcher.subscribe = (...args) => {
      const unsubscribe = subscribe(...args);
      const watch = {};
      watching.add(watch);
      return () => {
        watching.delete(watch);
        unsubscribe();
      };
    };
  });

  afterEach(() => eventually(() => assert.equal(watching.size, 0, 'somebody is still subscribed')));

  after(() => served.stop());

  async function follow(id: string, headers: Record<string, string> = {}): Promise<Stream> {
    const controller = new AbortController();
    const response = await fetch(`${served.url}/jobs/${id}/events`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: controller.signal,
    });
    const events: SentEvent[] = [];
    const read = async () => {
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const fields = new Map(
            block
              .split('\n')
              .map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const),
          );
          if (!fields.has('data')) continue;
          events.push({
            id: fields.get('id') ?? '',
            event: fields.get('event') ?? '',
            data: JSON.parse(fields.get('data') ?? 'null'),
          });
        }
      }
    };
    return {
      status: response.status,
      headers: response.headers,
      events,
      ended: read().catch(() => {}),
      leave: () => controller.abort(),
    };
  }

  async function post(kind: string, prefer?: string): Promise<string> {
    const headers = prefer === undefined ? {} : { prefer };
    return (await served.call('POST', `/jobs/${kind}`, { token, body: {}, headers })).body.id;
  }

  const etagOf = async (id: string) => (await served.call('GET', `/jobs/${id}`, { token })).headers.get('etag');

  it('sends the job at each change seen and ends with its end', async () => {
    const id = await post('hold');
    const stream = await follow(id);
    assert.equal(stream.status, 200);
    assert.equal(stream.headers.get('content-type'), 'text/event-stream');
    assert.equal(stream.headers.get('cache-control'), 'no-store');
    await eventually(() => assert.ok(stream.events.some(event => event.data.progress === 0.5)));
    release(id);
    await stream.ended;
    const last = stream.events[stream.events.length - 1];
    assert.equal(last?.data.status, 'succeeded');
    assert.equal(last?.data.result, 'held');
    const revisions = stream.events.map(event => Number(event.id));
    assert.deepEqual(
      revisions,
      [...new Set(revisions)].toSorted((a, b) => a - b),
    );
    assert.ok(stream.events.every(event => event.event === 'job' && event.data.id === id));
  });

  it('gives each event the revision that is its ETag', async () => {
    const id = await post('noop', 'wait=20');
    const stream = await follow(id);
    await stream.ended;
    assert.equal(stream.events.length, 1);
    assert.equal(`"${stream.events[0]?.id}"`, await etagOf(id));
  });

  it('resumes with the current state when that is newer than the last event', async () => {
    const id = await post('noop', 'wait=20');
    const stream = await follow(id, { 'last-event-id': '1' });
    await stream.ended;
    assert.deepEqual(
      stream.events.map(event => event.data.status),
      ['succeeded'],
    );
  });

  it('sends nothing again that the client has seen, and ends at once when that was the end', async () => {
    const id = await post('noop', 'wait=20');
    const seen = ((await etagOf(id)) ?? '').replaceAll('"', '');
    const stream = await follow(id, { 'last-event-id': seen });
    await stream.ended;
    assert.deepEqual(stream.events, []);
  });

  it('waits for the next change when the client has seen the present state', async () => {
    const id = await post('hold');
    await eventually(async () => {
      const answer = await served.call('GET', `/jobs/${id}`, { token });
      assert.equal(answer.body.progress, 0.5);
    });
    const seen = ((await etagOf(id)) ?? '').replaceAll('"', '');
    const stream = await follow(id, { 'last-event-id': seen });
    release(id);
    await stream.ended;
    assert.deepEqual(
      stream.events.map(event => event.data.status),
      ['succeeded'],
    );
  });

  it('sends the current state for a last event that no one of us sent', async () => {
    const id = await post('noop', 'wait=20');
    for (const bad of ['x', '-1', '999999', '1.5']) {
      const stream = await follow(id, { 'last-event-id': bad });
      await stream.ended;
      assert.equal(stream.events.length, 1, bad);
    }
  });

  it('serves many who follow one job', async () => {
    const id = await post('hold');
    const streams = await Promise.all(Array.from({ length: 30 }, () => follow(id)));
    await eventually(() => assert.ok(streams.every(stream => stream.events.length > 0)));
    release(id);
    await Promise.all(streams.map(stream => stream.ended));
    for (const { events } of streams) assert.equal(events[events.length - 1]?.data.status, 'succeeded');
  });

  it('forgets a client that leaves', async () => {
    const id = await post('hold');
    const stream = await follow(id);
    await eventually(() => assert.ok(stream.events.length > 0));
    assert.equal(watching.size, 1);
    stream.leave();
    await eventually(() => assert.equal(watching.size, 0));
    release(id);
  });

  it('forgets a client that leaves while it prefers to wait', async () => {
    const controller = new AbortController();
    const waiting = fetch(`${served.url}/jobs/hold`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', prefer: 'wait=30' },
      body: '{}',
      signal: controller.signal,
    });
    await eventually(() => assert.equal(watching.size, 1));
    controller.abort();
    await assert.rejects(waiting);
    await eventually(() => assert.equal(watching.size, 0));
    const { id } = await served.db.one<{ id: string }>(
      "select id from core.jobs where kind = 'hold' order by id desc limit 1",
    );
    await eventually(async () => {
      release(id);
      assert.equal((await served.call('GET', `/jobs/${id}`, { token })).body.status, 'succeeded');
    });
  });

  it('tells of a cancel', async () => {
    const id = await post('hold');
    const stream = await follow(id);
    await served.call('POST', `/jobs/${id}/cancel`, { token });
    await stream.ended;
    assert.equal(stream.events[stream.events.length - 1]?.data.status, 'cancelled');
  });

  it('answers faults as any other route does', async () => {
    const missing = await served.call('GET', '/jobs/0197d9a0-0000-7000-8000-000000000001/events', { token });
    assert.equal(missing.status, 404);
    assert.match(missing.headers.get('content-type') ?? '', /problem\+json/);
    assert.equal((await served.call('GET', `/jobs/${await post('noop')}/events`)).status, 401);
  });
});

describe('following events when the edge ends', function () {
  this.timeout(60_000);

  it('ends the streams, so that clients go to another edge', async () => {
    const served = await serveEdge({ worker: false });
    let ended = false;
    try {
      const token = await served.key();
      const { body } = await served.call('POST', '/jobs/noop', { token, body: {} });
      const response = await fetch(`${served.url}/jobs/${body.id}/events`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const text = response.text().then(() => (ended = true));
      await served.edge.stop(30_000);
      await text;
      assert.ok(ended);
    } finally {
      await served.stop();
    }
  });
});
