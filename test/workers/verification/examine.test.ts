import assert from 'node:assert/strict';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { type VerificationVerdict, verificationVerdict } from '../../../shared/verification-check.ts';
import type { ExamineRequest } from '../../../workers/verification/examination.ts';
import { examine, maxFileBytes } from '../../../workers/verification/examine.ts';
import { OcrPool } from '../../../workers/verification/ocr-pool.ts';
import { Unreadable } from '../../../workers/verification/unreadable.ts';
import {
  addNoise,
  certificateLines,
  drawCertificate,
  drawPassport,
  rotate,
  scanToPdf,
  writeMrz,
  writePdf,
} from './documents.ts';

const { signal } = new AbortController();
const now = new Date('2026-11-26T12:00:00Z');
const anna: ExamineRequest = {
  type: 'government_id',
  holder: { fullName: 'Anna Maria Eriksson', dateOfBirth: '1974-08-12' },
  rules: {},
  metadata: { documentType: 'passport' },
  now,
};
const john: ExamineRequest = {
  ...anna,
  type: 'certification',
  holder: { fullName: 'John Harrison' },
  rules: { certificateType: 'FOOD_HANDLER', issuer: 'National Food Safety Board', minDaysValid: 30 },
};
const johns = certificateLines({ holder: 'John Harrison' });

describe('the examination of a file', function () {
  this.timeout(120_000);
  let ocr: OcrPool;
  before(() => (ocr = new OcrPool()));
  after(() => ocr.close());

  async function look(bytes: Uint8Array, request: ExamineRequest): Promise<VerificationVerdict> {
    return verificationVerdict.parse(await examine({ bytes }, request, { ocr, signal }));
  }
  const summary = ({ status, reason }: VerificationVerdict) => [status, reason].filter(Boolean).join(' ');
  const outcomes = ({ checks }: VerificationVerdict) =>
    Object.fromEntries(checks.map(({ name, outcome, evidence: { source } }) => [name, `${outcome} by ${source}`]));

  it('passes a passport that lies on its side, skewed and noisy, by its zone', async () => {
    const verdict = await look(await addNoise(await rotate(await drawPassport(), 86), 30), anna);
    assert.equal(summary(verdict), 'AUTO_PASS');
    assert.equal(outcomes(verdict).mrz, 'pass by mrz');
    assert.ok(!JSON.stringify(verdict).includes('L898902C3'), 'the number is masked');
  });

  it('fails a passport with one wrong digit in its zone', async () => {
    const zone = writeMrz('TD3').map(line => line.replace('C36', 'C37'));
    const verdict = await look(await drawPassport(zone), anna);
    assert.equal(summary(verdict), 'AUTO_FAIL wrong_check_digit');
  });

  it('fails the identity card of another person', async () => {
    const other = { surname: 'HARRISON', givenNames: 'JOHN' };
    const verdict = await look(await drawPassport(writeMrz('TD1', other), other), anna);
    assert.equal(summary(verdict), 'AUTO_FAIL other_holder');
    assert.equal(outcomes(verdict).mrz, 'pass by mrz');
  });

  it('passes a certificate that was scanned upside down', async () => {
    const verdict = await look(await scanToPdf(await rotate(await drawCertificate(johns), 180)), john);
    assert.equal(summary(verdict), 'AUTO_PASS');
    assert.equal(outcomes(verdict).expiry, 'pass by ocr');
  });

  it('leaves a picture that nothing can be read of to a person', async () => {
    const grey = sharp({ create: { width: 400, height: 300, channels: 3, background: '#999' } });
    assert.equal(summary(await look(await grey.jpeg().toBuffer(), anna)), 'NEEDS_REVIEW unreadable');
  });

  it('reads the text layer of a PDF, on any of its first pages', async () => {
    const verdict = await look(await writePdf([['Cover letter'], johns]), john);
    assert.equal(summary(verdict), 'AUTO_PASS');
    const { expiry } = Object.fromEntries(verdict.checks.map(check => [check.name, check]));
    assert.deepEqual(expiry?.evidence, {
      found: '2031-03-12',
      expected: '2026-12-26 or later',
      source: 'text',
      page: 2,
    });
  });

  it('fails what has expired and what is another’s, and leaves doubt to a person', async () => {
    const certificate = (change: object) => writePdf([certificateLines({ holder: 'John Harrison', ...change })]);
    for (const [change, expected] of [
      [{ expires: '25 November 2026' }, 'AUTO_FAIL expired'],
      [{ expires: '1 December 2026' }, 'AUTO_FAIL expires_too_soon'],
      [{ holder: 'Maria López' }, 'AUTO_FAIL other_holder'],
      [{ holder: 'Joan Harrison' }, 'NEEDS_REVIEW name_unclear'],
      [{ expires: '03/04/2031' }, 'NEEDS_REVIEW ambiguous_date'],
      [{ expires: 'further notice' }, 'NEEDS_REVIEW expiry_not_found'],
    ] as const)
      assert.equal(summary(await look(await certificate(change), john)), expected);
    const rules = { ...john.rules, hologram: true };
    assert.equal(summary(await look(await certificate({}), { ...john, rules })), 'NEEDS_REVIEW unknown_rule');
  });

  it('leaves what can’t be read to a person, says why, and goes on with the next', async () => {
    const pdf = await writePdf([johns]);
    const jpeg = await sharp(await drawPassport())
      .jpeg()
      .toBuffer();
    for (const [bytes, reason] of [
      [Buffer.alloc(0), 'empty_file'],
      [Buffer.alloc(maxFileBytes + 1, '%PDF-1.7\n'), 'file_too_large'],
      [Buffer.from('PK\u0003\u0004 not a PDF, whatever its name'), 'unsupported_file_type'],
      [Buffer.from('plain text'), 'unsupported_file_type'],
      [pdf.subarray(0, pdf.length / 2), 'corrupt_file'],
      [Buffer.from('%PDF-1.7\nnothing'), 'corrupt_file'],
      [jpeg.subarray(0, jpeg.length / 2), 'corrupt_file'],
      [Buffer.concat([jpeg.subarray(0, 20), Buffer.alloc(5_000, 7)]), 'corrupt_file'],
      [await writePdf([johns], { userPassword: 'secret' }), 'encrypted_pdf'],
      [hugePng(30_000), 'too_many_pixels'],
    ] as const)
      assert.equal(summary(await look(bytes, john)), `NEEDS_REVIEW ${reason}`);
    assert.equal(summary(await look(pdf, john)), 'AUTO_PASS');
  });

  it('says ERROR where the reading itself broke down, and throws what is not about the file', async () => {
    const pdf = await writePdf([johns]);
    const failing = (error: Error) => ({ check: () => Promise.reject(error) }) as unknown as OcrPool;
    const broken = await examine({ bytes: pdf }, john, { ocr: failing(new Unreadable('ocr_failed')), signal });
    assert.equal(summary(broken), 'ERROR ocr_failed');
    await assert.rejects(examine({ bytes: pdf }, john, { ocr: failing(new Error('lost')), signal }), /lost/);
    const aborted = AbortSignal.abort(new Error('enough'));
    await assert.rejects(examine({ bytes: pdf }, john, { ocr, signal: aborted }), /enough/);
  });

  it('leaves an attire to a person without a vision model, and refuses a PDF of one', async () => {
    const attire: ExamineRequest = { ...anna, type: 'attire', rules: { garment: 'black shirt' } };
    const picture = await drawPassport();
    assert.equal(summary(await look(picture, attire)), 'NEEDS_REVIEW model_not_configured');
    assert.equal(summary(await look(await writePdf([johns]), attire)), 'NEEDS_REVIEW unsupported_file_type');
    assert.equal(summary(await look(picture.subarray(0, picture.length / 2), attire)), 'NEEDS_REVIEW corrupt_file');
  });

  it('shows the vision model the picture as a small JPEG', async () => {
    let shown: Buffer | undefined;
    const model = {
      complete: async ({ images }: { images?: readonly { content: Buffer }[] | undefined }) => {
        shown = images?.[0]?.content;
        return { result: { verdict: 'worn', confidence: 0.9, reason: 'a black shirt' }, model: 'eye', latencyMs: 1 };
      },
    };
    const attire: ExamineRequest = { ...anna, type: 'attire' };
    const verdict = await examine({ bytes: await drawPassport() }, attire, { ocr, model, signal });
    assert.equal(summary(verdict), 'AUTO_PASS');
    const { format, width } = await sharp(shown).metadata();
    assert.deepEqual([format, width], ['jpeg', 1_024]);
  });
});

/** A square PNG that says it is so wide, and is but a few bytes. */
function hugePng(width: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    ends[0].writeUInt32BE(data.length);
    ends[1].writeUInt32BE(crc32(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(width, 4);
  // One bit a pixel, grey.
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(1_000));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}
