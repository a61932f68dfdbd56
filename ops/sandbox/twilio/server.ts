import type { IncomingMessage } from 'node:http';
import { Alarms } from '../alarms.ts';
import { type Reply, startJsonServer } from '../json-server.ts';
import { type LoggedRequest, RequestLog } from '../request-log.ts';
import { Store } from '../store.ts';
import { answerApi } from './api.ts';
import { Faults, readFault, type TwilioFault } from './faults.ts';
import { awaitMessage, moveMessage } from './messages.ts';
import { answerOperator, readState, type TwilioSandboxState } from './operator.ts';
import { Receipts } from './receipts.ts';
import { type MessageStatus, newSid, type Rows, type TextMessage, type World } from './rows.ts';

export interface TwilioSandboxOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Loopback unless asked otherwise: it trusts whoever reaches it. */
  host?: string;
  /** Where messages and receipts outlive a restart; memory only unless given. */
  file?: string;
  /** The one account that it knows; the same at every start unless given. */
  accountSid?: string;
  authToken?: string;
  /** The numbers that it owns. */
  smsFrom?: string;
  whatsappFrom?: string;
  /** How long a message is queued, and then how long it is under way; 1,000 unless given. */
  settleAfterMs?: number;
  /** Before a receipt that wasn't taken is sent again, then twice that, up to half a minute; 1,000 unless given. */
  firstRetryMs?: number;
  /** The clock, in Unix milliseconds. */
  nowMs?: () => number;
}

export interface TwilioSandbox {
  url: string;
  port: number;
  accountSid: string;
  authToken: string;
  smsFrom: string;
  whatsappFrom: string;
  /** Throws for a fault that doesn't exist. */
  arm: (fault: TwilioFault) => void;
  clear: () => void;
  state: () => TwilioSandboxState;
  /** Newest first. */
  messages: () => TextMessage[];
  /** Moves a message on, whatever it would become by itself; its receipt goes out. Throws for one that isn't there. */
  move: (sid: string, status: MessageStatus, errorCode?: number) => void;
  stop: () => Promise<void>;
}

/**
 * Starts a server that speaks Twilio's API for messages and sends its status callbacks, plus `/_sandbox/…` to arm faults, move messages on and
 * look inside. What was under way in the `file` goes on where it stood.
 */
export async function startTwilioSandbox(options: TwilioSandboxOptions = {}): Promise<TwilioSandbox> {
  const nowMs = options.nowMs ?? Date.now;
  const accountSid = options.accountSid ?? `AC${'5a'.repeat(16)}`;
  const authToken = options.authToken ?? 'sandbox-twilio-token';
  // Twilio's number that its test credentials may send from, and that of its WhatsApp sandbox.
  const { smsFrom = '+15005550006', whatsappFrom = '+14155238886', settleAfterMs = 1_000 } = options;
  const store = new Store<Rows>(options.file ?? null, { messages: new Map(), receipts: new Map() });
  const faults = new Faults();
  const alarms = new Alarms(nowMs);
  const firstRetryMs = options.firstRetryMs ?? 1_000;
  const receipts = new Receipts({ store, faults, alarms, accountSid, authToken, firstRetryMs, nowMs });
  const account = { accountSid, authToken, smsFrom, whatsappFrom };
  const world: World = { store, faults, alarms, receipts, ...account, settleAfterMs, nowMs };
  const log = new RequestLog();

  const answer = async (req: IncomingMessage, url: URL, text: string): Promise<Reply> => {
    if (url.pathname.startsWith('/_sandbox/')) return answerOperator(world, log, req, url, text);
    const logged = startLog(req, url, nowMs());
    log.add(logged);
    const reply = await answerApi(world, req, url, text, logged);
    if ('status' in reply) logged.status = reply.status;
    return reply;
  };
  const server = await startJsonServer(options, answer);
  for (const message of store.all('messages')) awaitMessage(world, message);
  for (const { id, state } of store.all('receipts')) if (state === 'waiting') receipts.send(id);

  return {
    url: server.url,
    port: server.port,
    ...account,
    arm: fault => faults.arm(readFault(fault)),
    clear: () => faults.clear(),
    state: () => readState(world, log),
    messages: () => structuredClone(store.all('messages').reverse()),
    move: (sid, status, errorCode) => {
      const message = store.get('messages', sid);
      if (!message) throw new Error(`there is no message ${sid}`);
      moveMessage(world, message, status, errorCode ?? null);
    },
    stop: async () => {
      alarms.clear();
      faults.clear();
      await Promise.all([server.stop(), receipts.stop()]);
      alarms.clear();
      store.close();
    },
  };
}

function startLog(req: IncomingMessage, url: URL, at: number): LoggedRequest {
  return {
    requestId: newSid('RQ'),
    at: new Date(at).toISOString(),
    method: req.method ?? '',
    path: url.pathname,
    key: null,
    account: null,
    status: null,
    replayed: false,
    faults: [],
  };
}
