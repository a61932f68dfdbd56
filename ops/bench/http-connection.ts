import { connect, type Socket } from 'node:net';

export type OnReply = (status: number, body: string) => void;

/**
 * One keep-alive HTTP/1.1 connection with one request in flight. It knows just enough of HTTP to be cheap (replies with
 * `Content-Length`), so that on two cores the measured side gets nearly all of them. A broken connection answers status 0
 * and is opened anew.
 */
export class HttpConnection {
  private socket: Socket;
  private received = '';
  private onReply: OnReply | undefined;
  private closed = false;
  private readonly host: string;
  private readonly port: number;

  constructor(url: URL) {
    this.host = url.hostname;
    this.port = Number(url.port);
    this.socket = this.open();
  }

  send(request: string, onReply: OnReply): void {
    this.onReply = onReply;
    this.socket.write(request);
  }

  close(): void {
    this.closed = true;
    this.socket.destroy();
  }

  private open(): Socket {
    const socket = connect({ host: this.host, port: this.port, noDelay: true });
    this.received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.receive(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.closed) return;
      // A pause keeps a dead edge from being hammered in a busy loop.
      setTimeout(() => {
        this.socket = this.open();
        this.reply(0, '');
      }, 20);
    });
    return socket;
  }

  private receive(chunk: string): void {
    this.received = this.received === '' ? chunk : this.received + chunk;
    const headEnd = this.received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.received.slice(0, headEnd))?.[1];
    if (length === undefined) throw new Error(`a reply without Content-Length: ${this.received.slice(0, headEnd)}`);
    const bodyStart = headEnd + 4;
    const end = bodyStart + Number(length);
    if (this.received.length < end) return;
    const status = Number(this.received.slice(9, 12));
    const body = this.received.slice(bodyStart, end);
    this.received = this.received.slice(end);
    this.reply(status, body);
  }

  private reply(status: number, body: string): void {
    const { onReply } = this;
    this.onReply = undefined;
    onReply?.(status, body);
  }
}

/** The text of a POST with a JSON body (ASCII) and a key of its own. */
export function postText(url: URL, headers: Record<string, string>, key: string, body: string): string {
  let text = `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  return `${text}Idempotency-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
