import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Faults } from './faults.ts';
import { type Mailbox, maxMailBytes } from './mailbox.ts';

export interface SmtpOptions {
  port: number;
  host: string;
  mailbox: Mailbox;
  faults: Faults;
  /** The only login that it takes, and demands; unset: any, or none. */
  login: { user: string; pass: string } | undefined;
  nowMs: () => number;
}

/** A mail server that takes everything and forwards nothing. */
export async function startSmtp(options: SmtpOptions): Promise<{ port: number; stop: () => Promise<void> }> {
  const { mailbox, faults, login } = options;
  /** By the far end's port, which a session knows too: the server doesn't give its sockets away. */
  const sockets = new Map<number | undefined, Socket>();

  const receive = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> => {
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    const fault = faults.take('data', recipients);
    const drop = () => sockets.get(session.remotePort)?.destroy();
    const chunks: Buffer[] = [];
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (fault?.fault === 'drop_during') {
        drop();
        return '';
      }
      if (!stream.sizeExceeded) chunks.push(chunk);
    }
    if (stream.sizeExceeded) throw smtpError(552, `A mail may have ${maxMailBytes} bytes`);
    if (fault?.fault === 'temporary_failure') throw smtpError(451, 'Try again later');
    const mail = await mailbox.keep(Buffer.concat(chunks), recipients, new Date(options.nowMs()));
    if (fault?.fault === 'slow') await faults.hold(fault);
    if (fault?.fault === 'drop_after') drop();
    return `OK: kept as ${mail.id}`;
  };

  const smtp = new SMTPServer({
    name: 'outbox.millrace.test',
    banner: 'Millrace sandbox, nothing leaves it',
    size: maxMailBytes,
    logger: false,
    disabledCommands: ['STARTTLS'], // its certificate would convince nobody
    disableReverseLookup: true,
    authOptional: login === undefined,
    onAuth({ username, password }, _session, callback) {
      if (login !== undefined && (username !== login.user || password !== login.pass))
        return callback(smtpError(535, 'Invalid username or password'));
      callback(null, { user: username ?? '' });
    },
    onRcptTo({ address }, _session, callback) {
      callback(faults.take('recipient', [address]) === null ? null : smtpError(550, 'No such recipient here'));
    },
    onData(stream, session, callback) {
      receive(stream, session).then(
        message => callback(null, message),
        (error: Error) => callback(error),
      );
    },
  });
  smtp.on('error', () => undefined); // a client that went away in the middle of something
  smtp.server.on('connection', socket => {
    const peerPort = socket.remotePort; // gone once the socket is closed
    sockets.set(peerPort, socket);
    socket.once('close', () => sockets.delete(peerPort));
  });
  smtp.listen(options.port, options.host);
  await once(smtp.server, 'listening');
  return {
    port: (smtp.server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise<void>(resolve => smtp.close(() => resolve()));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
