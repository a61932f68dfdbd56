import { createServer } from 'node:http';
import { verifyWebhook } from '../../../../shared/hyperswitch-signature.ts';

/** One webhook as it arrived. */
export interface Received {
  event_id: string;
  event_type: string;
  merchant_id: string;
  timestamp: string;
  content: { type: string; object: Record<string, unknown> };
  /** Both signature headers fit the raw body. */
  signed: boolean;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What it answers, by how many came before; 200 unless set. */
  answer: (count: number) => number;
  stop: () => Promise<void>;
}

/** What a merchant's webhook route is to the sandbox. */
export async function startReceiver(secret: string): Promise<Receiver> {
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const signatures = [req.headers['x-webhook-signature-512'], req.headers['x-hyperswitch-signature']];
    const signed = signatures.every(signature => verifyWebhook(raw, signature?.toString(), [secret]));
    const status = receiver.answer(receiver.received.length);
    receiver.received.push({ ...JSON.parse(raw.toString()), signed });
    res.writeHead(status).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver listens on no port.');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${address.port}/webhooks/hyperswitch`,
    received: [],
    answer: () => 200,
    stop: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return receiver;
}
