import type { IncomingMessage } from 'node:http';
import type { Reply } from '../json-server.ts';
import type { LoggedRequest } from '../request-log.ts';
import { createMessage } from './messages.ts';
import { authenticate, notFound, refusedNumber, serverError, tooManyRequests, TwilioRefusal } from './refusal.ts';
import type { TextMessage, World } from './rows.ts';

const version = '2010-04-01';
/** Twilio's own. */
const maxPageSize = 1_000;
const usualPageSize = 50;

/** Answers one request: the account, the faults, the endpoint. */
export async function answerApi(
  world: World,
  req: IncomingMessage,
  url: URL,
  text: string,
  log: LoggedRequest,
): Promise<Reply> {
  try {
    const { name, run, to } = endpointOf(world, req, url, text);
    checkAccount(world, req, url);
    const strike = (moment: 'gate' | 'execution' | 'answer') => {
      const fault = world.faults.take(moment, name, to);
      if (fault) log.faults.push(fault.fault);
      return fault;
    };
    const gate = strike('gate');
    if (gate?.fault === 'drop_before') return { kept: 'dropped' };
    if (gate?.fault === 'rate_limit') throw tooManyRequests();
    if (gate?.fault === 'server_error') throw serverError();
    if (gate?.fault === 'refuse') throw refusedNumber(gate.code ?? 21614, to);
    const slow = strike('execution');
    if (slow) await world.faults.hold(slow);
    const reply = run();
    const after = strike('answer');
    if (after?.fault === 'drop_after') return { kept: 'dropped' };
    if (after?.fault === 'timeout_after') return { kept: 'unanswered' };
    if (after?.fault === 'server_error_after') throw serverError();
    return reply;
  } catch (error) {
    if (error instanceof TwilioRefusal) return { status: error.status, body: error.body };
    throw error;
  }
}

interface Endpoint {
  name: 'messages.create' | 'messages.list' | 'messages.fetch';
  /** Whom the request is about, '' for nobody. */
  to: string;
  run: () => Reply;
}

function endpointOf(world: World, req: IncomingMessage, url: URL, text: string): Endpoint {
  const [, sid] = /^\/2010-04-01\/Accounts\/\w+\/Messages(?:\/(\w+))?\.json$/.exec(url.pathname) ?? [];
  const isList = url.pathname.endsWith('/Messages.json');
  if (isList && req.method === 'POST') {
    const form = new URLSearchParams(text);
    const run = () => ({ status: 201, body: view(world, createMessage(world, form)) });
    return { name: 'messages.create', to: form.get('To') ?? '', run };
  }
  if (isList && req.method === 'GET')
    return { name: 'messages.list', to: url.searchParams.get('To') ?? '', run: () => listMessages(world, url) };
  if (sid !== undefined && req.method === 'GET') {
    const message = world.store.get('messages', sid);
    const run = () => {
      if (!message) throw notFound(url.pathname);
      return { status: 200, body: view(world, message) };
    };
    return { name: 'messages.fetch', to: message?.to ?? '', run };
  }
  throw notFound(url.pathname);
}

function checkAccount({ accountSid, authToken }: World, req: IncomingMessage, url: URL): void {
  const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  if (req.headers.authorization !== expected) throw authenticate();
  if (!url.pathname.startsWith(`/${version}/Accounts/${accountSid}/`)) throw notFound(url.pathname);
}

/** Newest first, a page at a time. `DateSent>` leaves out what has not been sent yet. */
function listMessages(world: World, url: URL): Reply {
  const { searchParams: query } = url;
  const [to, from, after] = [query.get('To'), query.get('From'), query.get('DateSent>')];
  const matching = world.store
    .all('messages')
    .filter(one => (to === null || one.to === to) && (from === null || one.from === from))
    .filter(one => after === null || (one.sentAt !== null && one.sentAt >= Date.parse(after)))
    .reverse();
  const pageSize = Math.min(maxPageSize, Math.max(1, Number(query.get('PageSize') ?? usualPageSize) || usualPageSize));
  const page = Math.max(0, Math.trunc(Number(query.get('Page') ?? 0)) || 0);
  const shown = matching.slice(page * pageSize, (page + 1) * pageSize);
  const pageUri = (number: number) => {
    const params = new URLSearchParams(query);
    params.set('PageSize', String(pageSize));
    params.set('Page', String(number));
    return `${url.pathname}?${params.toString()}`;
  };
  const body = {
    messages: shown.map(message => view(world, message)),
    page,
    page_size: pageSize,
    start: page * pageSize,
    end: page * pageSize + Math.max(0, shown.length - 1),
    uri: pageUri(page),
    first_page_uri: pageUri(0),
    previous_page_uri: page > 0 ? pageUri(page - 1) : null,
    next_page_uri: (page + 1) * pageSize < matching.length ? pageUri(page + 1) : null,
  };
  return { status: 200, body };
}

/** A message as Twilio shows it. */
function view({ accountSid }: World, message: TextMessage): Record<string, unknown> {
  const { sid, from, to, body, status, errorCode, createdAt, updatedAt, sentAt } = message;
  const uri = `/${version}/Accounts/${accountSid}/Messages/${sid}`;
  return {
    account_sid: accountSid,
    api_version: version,
    body,
    date_created: rfc2822(createdAt),
    date_sent: sentAt === null ? null : rfc2822(sentAt),
    date_updated: rfc2822(updatedAt),
    direction: 'outbound-api',
    error_code: errorCode,
    error_message: null,
    from,
    messaging_service_sid: null,
    num_media: '0',
    num_segments: String(Math.ceil(body.length / 153)),
    price: null,
    price_unit: null,
    sid,
    status,
    subresource_uris: { media: `${uri}/Media.json` },
    to,
    uri: `${uri}.json`,
  };
}

function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
