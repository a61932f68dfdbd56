import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';

export const maxMailBytes = 25 * 1024 ** 2;
const maxKeptBytes = 1024 ** 3;
/** Of a mail's text in the index: more than any mail of ours has. */
const maxTextLength = 16_384;
/** Beyond it a mail of HTML alone gets no text: the conversion takes seconds. */
const maxHtmlLength = 262_144;

/** What the index knows of a mail; the rest is in its source. */
export interface KeptMail {
  /** From 1, in the order of arrival. */
  id: number;
  /** With its angle brackets; null for a mail without one. */
  messageId: string | null;
  /** As the mail itself says, names and all. */
  from: string;
  /** Whom the server was told to give it to. */
  to: string[];
  subject: string;
  /** The plain text, made from the HTML if need be, cut at 16,384 characters. */
  text: string;
  hasHtml: boolean;
  attachments: { filename: string; contentType: string; sizeBytes: number }[];
  sizeBytes: number;
  /** ISO-8601, of the first delivery. */
  receivedAt: string;
  /** 2 and more: the same mail came again. */
  deliveries: number;
}

/** The mail kept in a folder: `<id>.eml` is a mail as it came, `<id>.json` its entry of the index, written last. */
export class Mailbox {
  readonly #dir: string;
  readonly #maxMails: number;
  /** Oldest first. */
  readonly #mails = new Map<number, KeptMail>();
  #nextId = 1;
  /** One change at a time: two deliveries of one mail must find each other. */
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(dir: string, maxMails: number) {
    this.#dir = dir;
    this.#maxMails = maxMails;
  }

  /** Takes up the folder as it was left. */
  static async open(dir: string, maxMails: number): Promise<Mailbox> {
    const mailbox = new Mailbox(dir, maxMails);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const ids = (await readdir(dir)).map(name => /^(\d+)\.json$/.exec(name)?.[1]).filter(id => id !== undefined);
    for (const id of ids.map(Number).sort((a, b) => a - b)) {
      const mail: KeptMail = JSON.parse(await readFile(mailbox.#path(id, 'json'), 'utf8'));
      mailbox.#mails.set(id, mail);
      mailbox.#nextId = id + 1;
    }
    return mailbox;
  }

  /** Newest first. */
  list(): KeptMail[] {
    return [...this.#mails.values()].reverse();
  }

  get(id: number): KeptMail | undefined {
    return this.#mails.get(id);
  }

  /** The mail as it came. Rejects for one that is no longer kept. */
  async source(id: number): Promise<Buffer> {
    return await readFile(this.#path(id, 'eml'));
  }

  /**
   * Keeps a mail, or counts it when it came before: the same Message-ID to the same people, as their servers would see it.
   * What it resolves to is on disk.
   */
  async keep(source: Buffer, to: string[], receivedAt: Date): Promise<KeptMail> {
    const parsed = await parseMail(source);
    return await this.#change(async () => {
      const known = this.#find(parsed.messageId, to);
      if (known !== undefined) {
        const again = { ...known, deliveries: known.deliveries + 1 };
        await this.#index(again);
        return again;
      }
      const mail = describe(this.#nextId, parsed, source, to, receivedAt);
      this.#nextId += 1;
      await writeFile(this.#path(mail.id, 'eml'), source, { mode: 0o600 });
      await this.#index(mail);
      await this.#dropOldest();
      return mail;
    });
  }

  async empty(): Promise<void> {
    await this.#change(async () => {
      for (const id of this.#mails.keys()) await this.#drop(id);
    });
  }

  async #change<T>(change: () => Promise<T>): Promise<T> {
    const made = this.#lastChange.then(change);
    this.#lastChange = made.catch(() => undefined);
    return await made;
  }

  #find(messageId: string | undefined, to: string[]): KeptMail | undefined {
    if (messageId === undefined) return undefined;
    const recipients = to.join();
    return this.list().find(mail => mail.messageId === messageId && mail.to.join() === recipients);
  }

  async #index(mail: KeptMail): Promise<void> {
    const path = this.#path(mail.id, 'json');
    await writeFile(`${path}.new`, JSON.stringify(mail), { mode: 0o600 });
    await rename(`${path}.new`, path);
    this.#mails.set(mail.id, mail);
  }

  async #dropOldest(): Promise<void> {
    let keptBytes = [...this.#mails.values()].reduce((sum, mail) => sum + mail.sizeBytes, 0);
    for (const mail of this.#mails.values()) {
      if (this.#mails.size <= this.#maxMails && keptBytes <= maxKeptBytes) return;
      keptBytes -= mail.sizeBytes;
      await this.#drop(mail.id);
    }
  }

  async #drop(id: number): Promise<void> {
    this.#mails.delete(id);
    await rm(this.#path(id, 'json'), { force: true });
    await rm(this.#path(id, 'eml'), { force: true });
  }

  #path(id: number, extension: 'eml' | 'json'): string {
    return join(this.#dir, `${id}.${extension}`);
  }
}

/** The parts of a mail. HTML that names its pictures by `cid:` carries them in itself. */
export async function parseMail(source: Buffer): Promise<ParsedMail> {
  return await simpleParser(source, { skipTextToHtml: true, maxHtmlLengthToParse: maxHtmlLength, checksumAlgo: false });
}

function describe(id: number, parsed: ParsedMail, source: Buffer, to: string[], receivedAt: Date): KeptMail {
  return {
    id,
    messageId: parsed.messageId ?? null,
    from: addressText(parsed.from),
    to,
    subject: parsed.subject ?? '',
    text: (parsed.text ?? '').slice(0, maxTextLength).toWellFormed(),
    hasHtml: typeof parsed.html === 'string',
    attachments: parsed.attachments.map(({ filename, contentType, size }, index) => {
      return { filename: filename ?? `attachment-${index + 1}`, contentType, sizeBytes: size };
    }),
    sizeBytes: source.length,
    receivedAt: receivedAt.toISOString(),
    deliveries: 1,
  };
}

function addressText(header: AddressObject | undefined): string {
  return header?.text ?? '';
}
