export interface Paper {
  name: string;
  contentType: string;
  bytes: Buffer;
}

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);

/** What people send as files, and what they should not. The picture is of one pixel: nothing can be read in it. */
export const papers: readonly Paper[] = [
  { name: 'note.txt', contentType: 'text/plain', bytes: Buffer.from('A note\n') },
  { name: 'pixel.png', contentType: 'image/png', bytes: onePixel },
  {
    name: 'paper.pdf',
    contentType: 'application/pdf',
    bytes: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'),
  },
  { name: 'empty.bin', contentType: 'application/octet-stream', bytes: Buffer.alloc(0) },
  { name: '../../x.html', contentType: 'text/html', bytes: Buffer.from('<script>alert(1)</script>') },
  { name: `${'n'.repeat(300)}.pdf`, contentType: 'application/pdf', bytes: Buffer.from('not a PDF') },
  { name: 'Ünï"cödé\u202e.png', contentType: 'image/png', bytes: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]) },
  { name: 'sheet.csv', contentType: 'text/csv', bytes: Buffer.from('a,b\n1,2\n') },
];

const boundary = 'fuzz-7MA4YWxkTrZu0gW';

/** A multipart form of an object's fields, with the paper where the document says `file`. */
export function formBody(fields: unknown, paper: Paper): { contentType: string; bytes: Buffer } {
  const parts: (string | Buffer)[] = [];
  for (const [name, value] of Object.entries(typeof fields === 'object' && fields !== null ? fields : {})) {
    const disposition = `--${boundary}\r\ncontent-disposition: form-data; name="${name.replace(/["\r\n]/g, '_')}"`;
    if (name === 'file') {
      const filename = paper.name.replaceAll('"', '%22');
      parts.push(
        `${disposition}; filename="${filename}"\r\ncontent-type: ${paper.contentType}\r\n\r\n`,
        paper.bytes,
        '\r\n',
      );
    } else parts.push(`${disposition}\r\n\r\n${typeof value === 'string' ? value : JSON.stringify(value)}\r\n`);
  }
  parts.push(`--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part))),
  };
}
