import assert from 'node:assert/strict';
import { toE164 } from '../../shared/phone-number.ts';

describe('shared/phone-number', () => {
  it('reads numbers as people write them, where they are', () => {
    const numbers: [string, string, string | null][] = [
      ['+1 415 555 0100', 'US', '+14155550100'],
      ['(415) 555-0100', 'US', '+14155550100'],
      ['(415) 555-0100', 'XX', null],
      ['+55 (11) 91234-5678', 'US', '+5511912345678'],
      ['11 91234-5678', 'BR', '+5511912345678'],
      ['+15005550009', 'BR', '+15005550009'],
      ['call 415 555 0100', 'US', null],
      ['555', 'US', null],
      ['', 'US', null],
      ['+999999999999', 'US', null],
    ];
    for (const [text, country, expected] of numbers)
      assert.equal(toE164(text, country), expected, `${text} ${country}`);
  });
});
