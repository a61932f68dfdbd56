import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  /** Names in lower case. */
  headers: Map<string, string>;
  body: string;
}

/** One connection that sends exactly the bytes it is given. */
export class RawConnection {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #news: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', chunk => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#news();
    });
    for (const event of ['end', 'close', 'error']) {
      socket.on(event, () => {
        this.#ended = true;
        this.#news();
      });
    }
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  get ended(): boolean {
    return this.#ended;
  }

  send(...parts: readonly (string | Buffer)[]): void {
    for (const part of parts) this.#socket.write(part);
  }

  /** No more is sent; the answer may still be read. */
  finish(): void {
    this.#socket.end();
  }

  /** The next answer that is not an interim one. Rejects if the connection ends before it is whole. */
  async answer({ head = false }: { head?: boolean } = {}): Promise<RawAnswer> {
    for (;;) {
      const text = (await this.#until(() => this.#received.indexOf('\r\n\r\n')), this.#take('\r\n\r\n'));
      const [line = '', ...fields] = text.split('\r\n');
      const status = Number(line.split(' ')[1]);
      const headers = new Map(
        fields.map(field => [
          field.slice(0, field.indexOf(':')).toLowerCase(),
          field.slice(field.indexOf(':') + 1).trim(),
        ]),
      );
      if (status < 200) continue;
      const bodiless = head || status === 204 || status === 304;
      return { status, headers, body: bodiless ? '' : await this.#body(headers) };
    }
  }

  /** Waits until the other side has closed. */
  async closed(): Promise<void> {
    while (!this.#ended) await this.#change();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #body(headers: Map<string, string>): Promise<string> {
    if (headers.get('transfer-encoding') === 'chunked') {
      let body = '';
      for (;;) {
        await this.#until(() => this.#received.indexOf('\r\n'));
        const size = Number.parseInt(this.#take('\r\n'), 16);
        await this.#until(() => (this.#received.length >= size + 2 ? 0 : -1));
        body += this.#received.subarray(0, size).toString();
        this.#received = this.#received.subarray(size + 2);
        if (size === 0) return body;
      }
    }
    const length = headers.get('content-length');
    if (length === undefined) {
      await this.closed();
      return this.#received.toString();
    }
    await this.#until(() => (this.#received.length >= Number(length) ? 0 : -1));
    const body = this.#received.subarray(0, Number(length)).toString();
    this.#received = this.#received.subarray(Number(length));
    return body;
  }

  #take(mark: string): string {
    const at = this.#received.indexOf(mark);
    const text = this.#received.subarray(0, at).toString('latin1');
    this.#received = this.#received.subarray(at + mark.length);
    return text;
  }

  async #until(found: () => number): Promise<void> {
    while (found() < 0) {
      if (this.#ended) throw new Error(`the connection ended after ${this.#received.length} bytes of an answer`);
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise(resolve => (this.#news = resolve));
  }
}

/** A request as it goes over the wire. A header with several values is sent as often. */
export function requestText(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).flatMap(([name, values]) =>
    [values].flat().map(value => `${name}: ${value}`),
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
