/** The shortest line that may be one of a machine-readable zone; they have 30, 36 or 44 characters, and OCR loses some. */
const minLength = 24;

/** A line as a zone would have it: upper case, no spaces, only letters, digits and `<`. */
export function zoneLine(text: string): string {
  return text
    .replace(/[«‹]/g, '<')
    .toUpperCase()
    .replace(/[^A-Z0-9<]/g, '');
}

/** Whether a line looks like one of a zone: hardly anything but its characters, with fillers or with dates around a sex. */
export function looksLikeZone(text: string): boolean {
  const dense = text.replace(/\s/g, '');
  const line = zoneLine(dense);
  if (line.length < minLength || line.length < 0.85 * dense.length) return false;
  return (line.match(/</g)?.length ?? 0) >= 4 || /[0-9O]{7}[MFX<][0-9O]{7}/.test(line);
}
