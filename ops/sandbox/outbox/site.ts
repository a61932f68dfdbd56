import { readFileSync } from 'node:fs';
import { type KeptMail, type Mailbox, parseMail } from './mailbox.ts';
import { renderList, renderMail, renderMissing, type View, views } from './page.ts';
import { renderMissingText, renderText, renderTextList, type ShownText } from './text-page.ts';

export interface SiteReply {
  status: number;
  body: string | Buffer;
  headers: Record<string, string>;
}

const pagePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
/** Of a mail's own HTML: its styles and the pictures that it carries; nothing is fetched and nothing runs. */
const bodyPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');
const htmlType = 'text/html; charset=utf-8';
const rowsPerPage = 50;
/** Of the source on a page; all of it is in the download. */
const shownSourceBytes = 131_072;
const stylesheet = readFileSync(new URL('./outbox.css', import.meta.url));

/**
 * The pages that a person reads, and `/mails.json` and `/texts.json`. Every answer but a download is for this site alone, and none is kept by a
 * browser. `texts` are newest first.
 */
export async function answerSite(
  { mailbox, texts }: { mailbox: Mailbox; texts: () => readonly ShownText[] },
  url: URL,
): Promise<SiteReply> {
  if (url.pathname.startsWith('/texts')) return answerTexts(texts(), url);
  if (url.pathname === '/') return answerPage(200, listMails(mailbox.list(), url.searchParams));
  if (url.pathname === '/mails.json') {
    return answerJson({ mails: mailbox.list().slice(0, limitOf(url)) });
  }
  if (url.pathname === '/outbox.css')
    return { status: 200, body: stylesheet, headers: { 'content-type': 'text/css; charset=utf-8' } };
  const [, id, part, index] =
    /^\/mails\/(\d{1,10})(?:\/(body|source|attachments\/(\d{1,3})))?$/.exec(url.pathname) ?? [];
  const mail = mailbox.get(Number(id));
  if (mail === undefined) return answerPage(404, renderMissing());
  const source = await mailbox.source(mail.id);
  if (part === undefined) return answerPage(200, await showMail(mail, source, url.searchParams.get('view')));
  if (part === 'source') return download(source, 'message/rfc822', `${mail.id}.eml`);
  const parsed = await parseMail(source);
  if (part === 'body' && typeof parsed.html === 'string') {
    // A link opens in a tab of its own: hardly any page lets itself be shown in a frame.
    const body = `<!doctype html><meta charset="utf-8"><base target="_blank">${parsed.html}`;
    return { status: 200, body, headers: { 'content-type': htmlType, 'content-security-policy': bodyPolicy } };
  }
  const attachment = index === undefined ? undefined : parsed.attachments[Number(index)];
  if (attachment === undefined) return answerPage(404, renderMissing());
  return download(
    attachment.content,
    attachment.contentType,
    mail.attachments[Number(index)]?.filename ?? 'attachment',
  );
}

/** `limit`, if the address names one. */
function limitOf(url: URL): number {
  const limit = Number(url.searchParams.get('limit') ?? Number.NaN);
  return Number.isInteger(limit) && limit > 0 ? limit : Number.MAX_SAFE_INTEGER;
}

function answerTexts(texts: readonly ShownText[], url: URL): SiteReply {
  const { pathname, searchParams } = url;
  if (pathname === '/texts.json') return answerJson({ texts: texts.slice(0, limitOf(url)) });
  if (pathname === '/texts') {
    const { shown, ...facts } = search(texts, searchParams, ({ to, from, body, status }) => [to, from, body, status]);
    return answerPage(200, renderTextList(shown, facts));
  }
  const text = texts.find(({ sid }) => pathname === `/texts/${sid}`);
  return text === undefined ? answerPage(404, renderMissingText()) : answerPage(200, renderText(text));
}

function listMails(all: readonly KeptMail[], params: URLSearchParams): string {
  const { shown, ...facts } = search(all, params, mail => [mail.subject, mail.from, mail.text, ...mail.to]);
  return renderList(shown, facts);
}

/** The page of a list that is asked for: of those, in one of whose texts the query is. */
function search<Row>(all: readonly Row[], params: URLSearchParams, textsOf: (row: Row) => readonly string[]) {
  const query = (params.get('q') ?? '').trim().slice(0, 200);
  const wanted = query.toLowerCase();
  const found = all.filter(row => textsOf(row).some(text => text.toLowerCase().includes(wanted)));
  const pages = Math.max(1, Math.ceil(found.length / rowsPerPage));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(params.get('page'))) || 1));
  const shown = found.slice((page - 1) * rowsPerPage, page * rowsPerPage);
  return { shown, query, page, pages, total: found.length };
}

async function showMail(mail: KeptMail, source: Buffer, asked: string | null): Promise<string> {
  const wanted: View = views.find(name => name === asked) ?? 'html';
  const view = wanted === 'html' && !mail.hasHtml ? 'text' : wanted;
  if (view === 'html') return renderMail(mail, view, '');
  if (view === 'text') return renderMail(mail, view, (await parseMail(source)).text || '(no text)');
  const cut = source.length > shownSourceBytes ? '\n…' : '';
  return renderMail(mail, view, source.subarray(0, shownSourceBytes).toString('utf8') + cut);
}

function answerJson(value: unknown): SiteReply {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, body: JSON.stringify(value, null, 2), headers };
}

function answerPage(status: number, body: string): SiteReply {
  return { status, body, headers: { 'content-type': htmlType, 'content-security-policy': pagePolicy } };
}

/** Never shown by a browser, whatever type the mail gives it. */
function download(body: Buffer, contentType: string, filename: string): SiteReply {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(contentType) ? contentType : 'application/octet-stream';
  const name = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16)}`,
  );
  return {
    status: 200,
    body,
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename*=UTF-8''${name}`,
      'content-security-policy': "default-src 'none'; sandbox",
    },
  };
}
