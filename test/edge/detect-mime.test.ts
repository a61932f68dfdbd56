import assert from 'node:assert/strict';
import { detectMime, headBytes } from '../../edge/detect-mime.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex');

describe('detectMime', () => {
  const cases: [string, Buffer, string, string][] = [
    ['a picture, whatever it is called', png, 'notes.html', 'image/png'],
    ['a document', Buffer.from('%PDF-1.7\n'), 'invoice', 'application/pdf'],
    [
      'a program that is called a picture',
      Buffer.from(`MZ${'\0'.repeat(80)}`),
      'photo.png',
      'application/x-msdownload',
    ],
    ['a page', Buffer.from('<!doctype html><script>'), 'x.HTML', 'text/html'],
    ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'x.svg', 'image/svg+xml'],
    ['a drawing that begins as XML does', Buffer.from('<?xml version="1.0"?><svg/>'), 'x.svg', 'image/svg+xml'],
    ['other XML', Buffer.from('<?xml version="1.0"?><a/>'), 'x', 'application/xml'],
    ['a table', Buffer.from('a;b\r\n1;2\r\n'), 'x.csv', 'text/csv'],
    [
      'a text whose last character is cut by the head',
      Buffer.from(`${'x'.repeat(headBytes - 1)}é`),
      'x.txt',
      'text/plain',
    ],
    ['a text that ends in half a character', Buffer.from([0x68, 0xc3]), 'x.txt', 'application/octet-stream'],
    ['bytes that are called a text', Buffer.from([0x68, 0x00, 0x69]), 'x.txt', 'application/octet-stream'],
    ['a text of no known name', Buffer.from('hello'), 'x.constructor', 'application/octet-stream'],
    ['nothing', Buffer.alloc(0), 'x.txt', 'text/plain'],
  ];
  for (const [what, bytes, filename, type] of cases) {
    it(`takes ${what} for ${type}`, async () => {
      assert.equal(await detectMime(bytes.subarray(0, headBytes), filename), type);
    });
  }
});
