import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Faults, type OutboxFault, readFault } from './faults.ts';
import { type KeptMail, Mailbox } from './mailbox.ts';
import { answerOperator } from './operator.ts';
import { answerSite } from './site.ts';
import { startSmtp } from './smtp.ts';
import type { ShownText } from './text-page.ts';

const maxBodyBytes = 65_536;

export interface OutboxOptions {
  /** Where mail is kept over a restart. */
  dir: string;
  /** Of the mail server; 0, the default, takes a free one. */
  port?: number;
  /** Of the pages; 0, the default, takes a free one. */
  httpPort?: number;
  /** Loopback unless asked otherwise: it shows every mail to whoever reaches it. */
  host?: string;
  /** How browsers reach the pages; unset: their own address. */
  publicUrl?: string;
  /** The one login that the mail server takes, and demands; unset: any, or none. */
  login?: { user: string; pass: string };
  /** 2,000 unless given; the oldest are dropped. */
  maxMails?: number;
  /** The SMS and WhatsApp messages that its pages show too, newest first; none unless given. */
  texts?: () => readonly ShownText[];
  /** The clock, in Unix milliseconds. */
  nowMs?: () => number;
}

export interface Outbox {
  /** With the login, where there is one. */
  smtpUrl: string;
  /** Of the pages. */
  url: string;
  /** Newest first. */
  mails: () => KeptMail[];
  /** Throws TypeError for a fault that doesn't exist. */
  arm: (fault: OutboxFault) => void;
  /** Disarms all faults. */
  clear: () => void;
  /** Throws all mail away. */
  empty: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * Starts the outbox: a mail server that keeps what it is given and sends nothing on, pages that show it and the texts beside it, `/mails.json`, `/texts.json`, and `/_sandbox/…` to arm
 * faults and look inside.
 */
export async function startOutbox(options: OutboxOptions): Promise<Outbox> {
  const host = options.host ?? '127.0.0.1';
  const mailbox = await Mailbox.open(options.dir, options.maxMails ?? 2000);
  const faults = new Faults();
  const { login } = options;
  const smtp = await startSmtp({
    port: options.port ?? 0,
    host,
    mailbox,
    faults,
    login,
    nowMs: options.nowMs ?? Date.now,
  });

  const server = createServer((req, res) => {
    answer(req, res).catch(error => {
      if (res.headersSent || res.destroyed) return;
      sendJson(res, 500, {
        error: `The sandbox itself failed: ${error instanceof Error ? error.message : String(error)}`,
      });
    });
  });
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const requestUrl = new URL(req.url ?? '/', 'http://sandbox');
    const body = await readBody(req);
    if (body === null) return sendJson(res, 413, { error: 'Request body too large.' });
    if (requestUrl.pathname.startsWith('/_sandbox/')) {
      const reply = await answerOperator({ mailbox, faults }, req, requestUrl.pathname, body);
      return sendJson(res, reply.status, reply.body);
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') return sendJson(res, 405, { error: 'Only to be read.' });
    const reply = await answerSite({ mailbox, texts: options.texts ?? (() => []) }, requestUrl);
    send(res, reply.status, reply.body, reply.headers);
  };
  try {
    server.listen(options.httpPort ?? 0, host);
    await once(server, 'listening');
  } catch (error) {
    await smtp.stop();
    throw error;
  }
  const ownUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@`;
  return {
    smtpUrl: `smtp://${credentials}127.0.0.1:${smtp.port}`,
    url: options.publicUrl ?? ownUrl,
    mails: () => structuredClone(mailbox.list()),
    arm: fault => faults.arm(readFault({ ...fault })),
    clear: () => faults.clear(),
    empty: () => mailbox.empty(),
    stop: async () => {
      faults.clear();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, smtp.stop()]);
    },
  };
}

function sendJson(res: ServerResponse, status: number, body: unknown): void {
  send(res, status, JSON.stringify(body, null, 2), { 'content-type': 'application/json; charset=utf-8' });
}

function send(res: ServerResponse, status: number, body: string | Buffer, headers: Record<string, string>): void {
  res.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    ...headers,
  });
  res.end(body);
}

/** The whole body as text, or null when it is over the limit; what follows is read and thrown away. */
async function readBody(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? null : Buffer.concat(chunks).toString('utf8');
}
