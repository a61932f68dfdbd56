import { daysBetween } from '../shared/warranty.ts';

/** What an owner is told of an ending warranty. */
export interface WarrantyWords {
  title: string;
  /** One paragraph. */
  body: string;
  text: string;
  html: string;
}

const longDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const advice = [
  'If something is not as it should be, have it looked at while the warranty still covers it: the maker or the shop will ask for the invoice and the serial number.',
  'You can keep both with your gear, and change the date there if it is not right.',
];

/** @param name of the gear, as its owner wrote it. */
export function warrantyWords(name: string, endsOn: string, today: string): WarrantyWords {
  // A line break in a name would begin a new header of the mail.
  const gear = name.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const title = `The warranty of ${gear} ${ending(daysBetween(today, endsOn))}`;
  const fact = `The last day that the warranty of ${gear} covers is ${longDate.format(new Date(endsOn))}.`;
  const paragraphs = ['Hello,', fact, ...advice];
  return {
    title,
    body: `${fact} ${advice[0]}`,
    text: `${paragraphs.join('\n\n')}\n`,
    html: `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>\n${paragraphs.map(paragraph => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}\n</html>\n`,
  };
}

/** Below zero when the job had to wait until the warranty was over. */
function ending(daysLeft: number): string {
  if (daysLeft < 0) return 'has ended';
  if (daysLeft === 0) return 'ends today';
  return daysLeft === 1 ? 'ends tomorrow' : `ends in ${daysLeft} days`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(raw: string): string {
  return raw.replace(/[&<>"]/g, character => entities[character] as string);
}
