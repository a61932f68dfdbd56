const maxCharacters = 255;
/** Neither shown nor harmless: controls, line ends, and the marks that make `exe.gpj` read as `jpg.exe`. */
const invisible = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** What a file is called, from what a client called it: no path, nothing invisible, at most 255 characters. It is for people to read, and never becomes a path. */
export function cleanFilename(sent: string): string {
  const base = sent.slice(Math.max(sent.lastIndexOf('/'), sent.lastIndexOf('\\')) + 1);
  const name = base.toWellFormed().normalize('NFC').replace(invisible, '').trim();
  if (name === '' || name === '.' || name === '..') return 'unnamed';
  const characters = Array.from(name);
  if (characters.length <= maxCharacters) return name;
  const extension = Array.from(/\.[^.]{1,20}$/u.exec(name)?.[0] ?? '');
  return [...characters.slice(0, maxCharacters - extension.length), ...extension].join('');
}
