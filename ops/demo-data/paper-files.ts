import PDFDocument from 'pdfkit';
import sharp from 'sharp';

/** A file as somebody would send it in. */
export interface PaperFile {
  filename: string;
  contentType: string;
  bytes: Buffer;
}

/** A certificate with a text layer. Dates are yyyy-mm-dd. */
export function makeCertificate(facts: {
  holder: string;
  issuer: string;
  number: string;
  issuedOn: string;
  expiresOn: string;
}): Promise<PaperFile> {
  const { holder, issuer, number, issuedOn, expiresOn } = facts;
  return makePdf('certificate.pdf', [
    'CERTIFICATE OF COMPLETION',
    'This is to certify that',
    holder,
    'has completed the course',
    'Food Handler Safety, Level 2',
    `Issued by: ${issuer}`,
    `Certificate No: ${number}`,
    `Date of issue: ${inWords(issuedOn)}`,
    `Valid until: ${inWords(expiresOn)}`,
  ]);
}

/** The side of an identity card that says whose it is. */
export function makeIdentityCard(facts: { holder: string; number: string; expiresOn: string }): Promise<PaperFile> {
  const { holder, number, expiresOn } = facts;
  return makePdf('identity-card.pdf', [
    'IDENTITY CARD',
    `Full name: ${holder}`,
    `Document No: ${number}`,
    `Date of expiry: ${inWords(expiresOn)}`,
  ]);
}

/** A picture of a white shirt. */
export async function drawShirt(): Promise<PaperFile> {
  const outline =
    'M150 60 L90 90 L50 170 L95 190 L110 160 L110 340 L290 340 L290 160 L305 190 L350 170 L310 90 L250 60 Q200 100 150 60';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><rect width="400" height="400" fill="#557"/><path d="${outline} Z" fill="#fff" stroke="#ccc" stroke-width="3"/></svg>`;
  return { filename: 'shirt.png', contentType: 'image/png', bytes: await sharp(Buffer.from(svg)).png().toBuffer() };
}

async function makePdf(filename: string, lines: readonly string[]): Promise<PaperFile> {
  const doc = new PDFDocument({ size: 'A5', margin: 48 });
  for (const line of lines) doc.fontSize(13).text(line).moveDown();
  doc.end();
  const chunks: Buffer[] = [];
  for await (const chunk of doc) chunks.push(chunk as Buffer);
  return { filename, contentType: 'application/pdf', bytes: Buffer.concat(chunks) };
}

/** `3 March 2027` */
function inWords(day: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.format(new Date(day));
}
