import assert from 'node:assert/strict';
import type { VerificationCheck } from '../../../shared/verification-check.ts';
import { verdictOf, verificationCheck } from '../../../shared/verification-check.ts';
import type { ExamineRequest } from '../../../workers/verification/examination.ts';
import { checkDocument } from '../../../workers/verification/check-document.ts';
import type { Line, Reading } from '../../../workers/verification/reading.ts';
import { certificateLines, writeMrz } from './documents.ts';

const now = new Date('2026-11-26T12:00:00Z');
const maria: ExamineRequest = {
  type: 'certification',
  holder: { fullName: 'Maria Jose Lopez' },
  rules: {},
  metadata: {},
  now,
};
const anna: ExamineRequest = { ...maria, type: 'government_id', holder: { fullName: 'Anna Eriksson' } };

/** A page: `|` parts the cells of a line, which stand in columns of a thousand. */
function read(texts: readonly string[], confidence = 1): Reading {
  const lines = texts.map((text): Line => {
    const cells = text
      .split('|')
      .map((cell, i) => ({ text: cell.trim(), left: i * 1_000, right: i * 1_000 + 800, confidence }));
    return { page: 1, source: confidence === 1 ? 'text' : 'ocr', cells };
  });
  return { pageCount: 1, lines, zones: [], confidence };
}

function check(name: VerificationCheck['name'], request: ExamineRequest, reading: Reading): string {
  const checks = checkDocument(request, reading);
  for (const one of checks) verificationCheck.parse(one);
  const found = verdictOf(checks).checks.find(one => one.name === name);
  return found ? [found.outcome, found.reason].filter(Boolean).join(' ') : 'none';
}

const named = (texts: string[], request = maria) => check('holder_name', request, read(texts));
const expiring = (texts: string[], rules = {}) => check('expiry', { ...maria, rules }, read(texts));

describe('the checks of a document', () => {
  it('pass a certificate that has all that was demanded', () => {
    const rules = {
      certificateType: 'FOOD_HANDLER',
      issuer: 'National Food Safety Board',
      documentNumber: 'fh 2024 118832',
      minDaysValid: 365,
    };
    const verdict = verdictOf(checkDocument({ ...maria, rules }, read(certificateLines())));
    assert.deepEqual([verdict.status, verdict.reason], ['AUTO_PASS', undefined]);
    assert.ok(!JSON.stringify(verdict).includes('118832'), 'the number is masked');
  });

  it('doubt an identity document that is text and no picture', () => {
    const card = ['IDENTITY CARD', 'Surname | Given names', 'ERIKSSON | ANNA', 'Date of expiry: 12 MAR 2030'];
    assert.equal(check('readable', anna, read(card)), 'doubt not_a_picture');
    assert.equal(check('readable', anna, read(card, 0.95)), 'pass');
    assert.equal(check('readable', maria, read(card)), 'pass');
  });

  it('find the holder’s name behind a label, below it, in columns, and alone on a line', () => {
    for (const texts of [
      ['Name: María José López'],
      ['NAME | SIGNATURE', 'LOPEZ MARIA JOSE | illegible'],
      ['Surname | Card No', 'LOPEZ | 123456', 'Given names | Sex', 'MARIA JOSE | F'],
      ['Nom / Surname', 'LOPEZ', 'Prénoms / Given names', 'MARIA JOSE'],
      ['This certificate is awarded to Maria Lopez for her diligence.'],
      ['Certificate', 'Maria José López', 'passed'],
      ['1. LOPEZ', '2. MARIA JOSE'],
    ])
      assert.equal(named(texts), 'pass', texts.join(' / '));
  });

  it('fail another person’s name, and doubt what is similar, unclear or missing', () => {
    assert.equal(named(['Name: John Brown']), 'fail other_holder');
    assert.equal(named(['Surname | Given names', 'BROWN | JOHN']), 'fail other_holder');
    assert.equal(named(['This is to certify that John Brown has passed']), 'fail other_holder');
    for (const [texts, reason] of [
      [['Name: Marta Lopez'], 'name_unclear'],
      [['Name: John Lopez'], 'name_unclear'],
      [['Issued to: John Brown', 'Maria Jose Lopez'], 'name_unclear'],
      [['Holder must carry this card'], 'name_not_found'],
      [['Name: X7#'], 'name_not_found'],
      [['Issued to: Acme Foods Ltd'], 'name_not_found'],
      [['signed by Maria Jose Lopez in the presence of others'], 'name_not_found'],
    ] as const)
      assert.equal(named([...texts]), `doubt ${reason}`, texts.join(' / '));
  });

  it('neither pass nor fail a name that OCR is unsure of', () => {
    const request = { ...maria, holder: { fullName: 'Maria Lopez' } };
    assert.equal(check('holder_name', request, read(['Name: Maria Lopez'], 0.45)), 'doubt low_confidence');
    assert.equal(check('holder_name', request, read(['Name: John Brown'], 0.75)), 'doubt low_confidence');
    assert.equal(check('holder_name', request, read(['Name: John Brown'], 0.9)), 'fail other_holder');
  });

  it('find the expiry by its label, on its line, below it, and among other dates', () => {
    for (const texts of [
      ['Expires: 12 MAR 2027'],
      ['Valid from 01 Feb 2024 to 12 Mar 2027'],
      ['Date of issue: 01.02.2019 Valid until: 12.03.2027'],
      ['Date of issue | Date of expiry', '01 FEB 2019 | 12 MAR 2027'],
      ['Date of issue Date of expiry', '01 FEB 2019 12 MAR 2027'],
      ['EXP', '2027-03-12'],
      ['4b. 12.03.2027'],
      ['Expiry date (dd/mm/yyyy):', '13/03/2027'],
      ['EXP 03/27'],
    ])
      assert.equal(expiring(texts), 'pass', texts.join(' / '));
  });

  it('fail what has expired or will too soon; the last day counts', () => {
    assert.equal(expiring(['Expires: 25 Nov 2026']), 'fail expired');
    assert.equal(expiring(['Expires: 26 Nov 2026']), 'pass');
    assert.equal(expiring(['Expires: 26 Dec 2026'], { minDaysValid: 30 }), 'pass');
    assert.equal(expiring(['Expires: 25 Dec 2026'], { minDaysValid: 30 }), 'fail expires_too_soon');
    assert.equal(expiring(['Expires: 03/04/2019']), 'fail expired');
  });

  it('doubt an expiry that can be read in two ways, is contradicted, or is not there', () => {
    assert.equal(expiring(['Expires: 12/03/2027']), 'doubt ambiguous_date');
    assert.equal(expiring(['Expires: 13/03/2027']), 'pass');
    assert.equal(
      expiring(['CPR valid until 1 May 2026', 'First aid valid until 1 May 2028']),
      'doubt conflicting_dates',
    );
    assert.equal(expiring(['Date of issue: 1 May 2028']), 'doubt expiry_not_found');
    assert.equal(check('expiry', maria, read(['Expires: 1 May 2028'], 0.7)), 'doubt low_confidence');
  });

  it('compare a demanded number, with the letters that OCR takes for digits', () => {
    const number = (texts: string[]) =>
      check('document_number', { ...maria, rules: { documentNumber: 'AB-10-2058' } }, read(texts));
    assert.equal(number(['Certificate No: AB-10-2058']), 'pass');
    assert.equal(number(['Licence no. AB 10 2058']), 'pass');
    assert.equal(number(['Licence no. XY 99 7431']), 'fail other_document_number');
    assert.equal(number(['ref AB-IO-2OS8 of 2024']), 'pass');
    assert.equal(number(['Certificate No: AB-10-2057']), 'doubt number_unclear');
    assert.equal(number(['Certificate No: XY-99-7431']), 'fail other_document_number');
    assert.equal(number(['nothing']), 'doubt number_not_found');
  });

  it('ask for some number of an identity document, and for none of a certificate', () => {
    assert.equal(check('document_number', anna, read(['Passport No. | Sex', 'L898902C3 | F'])), 'pass');
    assert.equal(check('document_number', anna, read(['DL D1234567'])), 'pass');
    assert.equal(check('document_number', anna, read(['Name: Anna Eriksson'])), 'doubt number_not_found');
    assert.equal(check('document_number', maria, read(['Name: Maria Jose Lopez'])), 'skipped');
  });

  it('doubt a certificate of another kind or issuer, and what is no certificate', () => {
    const rules = { certificateType: 'First Aid', issuer: 'Red Cross' };
    const reading = read(['Certificate of First', 'Aid', 'issued by the Red Crescent']);
    assert.equal(check('certificate_type', { ...maria, rules }, reading), 'pass');
    assert.equal(check('issuer', { ...maria, rules }, reading), 'doubt issuer_not_found');
    assert.equal(check('certificate_type', maria, read(['Payslip for May'])), 'doubt no_certificate');
    const numbered = checkDocument({ ...maria, rules }, read(['First Aid 99887766, Red Cross']));
    assert.match(JSON.stringify(numbered), /First Aid ••••7766/);
    const levels = { ...maria, rules: { certificateType: 'OSHA 30' } };
    assert.equal(check('certificate_type', levels, read(['OSHA 10 certificate'])), 'doubt certificate_type_not_found');
    assert.equal(check('certificate_type', levels, read(['OSHA 30 certificate'])), 'pass');
  });

  it('want a machine-readable zone of passports alone', () => {
    assert.equal(check('mrz', anna, read(['DRIVING LICENCE'])), 'skipped');
    assert.equal(check('mrz', anna, read(['PASSPORT'])), 'doubt mrz_not_read');
    assert.equal(check('mrz', { ...anna, metadata: { documentType: 'passport' } }, read(['x'])), 'doubt mrz_not_read');
  });

  it('compare what is printed with the machine-readable zone', () => {
    const zone = (person: object) => [
      { page: 1, source: 'text' as const, readings: Array(3).fill(writeMrz('TD3', person)) },
    ];
    const reading = (texts: string[], person = {}) => ({ ...read(texts), zones: zone(person) });
    const born = (dateOfBirth: string) => ({ ...anna, holder: { ...anna.holder, dateOfBirth } });
    assert.equal(check('expiry', anna, reading(['Date of expiry', '15/04/32'])), 'pass');
    // The zone tells which is the day.
    assert.equal(check('expiry', anna, reading(['Date of expiry 04/05/2032'], { expiryDate: '320504' })), 'pass');
    assert.equal(check('expiry', anna, reading(['Date of expiry 15 APR 2033'])), 'doubt conflicting_dates');
    assert.equal(check('expiry', anna, reading([], { expiryDate: '200415' })), 'fail expired');
    assert.equal(check('holder_name', anna, reading([])), 'pass');
    assert.equal(check('holder_name', anna, reading(['Name: John Brown'])), 'doubt name_unclear');
    assert.equal(
      check('holder_name', anna, reading([], { surname: 'BROWN', givenNames: 'JOHN' })),
      'fail other_holder',
    );
    assert.equal(check('date_of_birth', born('1974-08-12'), reading([])), 'pass');
    assert.equal(check('date_of_birth', born('1974-08-13'), reading([])), 'fail other_date_of_birth');
    assert.equal(check('date_of_birth', born('1974-08-12'), read(['Born 12 Aug 1975'])), 'doubt other_date_of_birth');
    assert.equal(check('date_of_birth', born('1974-08-12'), read(['DOB 08/12/74'])), 'pass');
    assert.equal(check('date_of_birth', anna, reading([])), 'none');
  });

  it('doubt a demand that nothing knows, too many pages, and a page with hardly any text', () => {
    assert.equal(check('rules', { ...maria, rules: { hologram: true } }, read(['x'])), 'doubt unknown_rule');
    assert.equal(check('rules', { ...maria, rules: { minDaysValid: 'long' } }, read(['x'])), 'doubt unknown_rule');
    assert.equal(
      check('readable', { ...maria, rules: { maxPages: 1 } }, { ...read(certificateLines()), pageCount: 2 }),
      'doubt too_many_pages',
    );
    assert.equal(check('readable', maria, read(['x'])), 'doubt unreadable');
    assert.equal(check('readable', maria, read(certificateLines(), 0.4)), 'doubt unreadable');
  });
});
