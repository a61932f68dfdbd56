import type { Style } from './sheet.ts';

const ink = '#1d2329';
const muted = '#66707a';

/** The one colour that isn't a grey. */
export const accent = '#0b5c6b';
export const hairline = '#d4d9de';

export const title: Style = { font: 'bold', size: 24, color: accent };
export const body: Style = { font: 'regular', size: 9, color: ink };
export const strong: Style = { font: 'bold', size: 9, color: ink };
export const small: Style = { font: 'regular', size: 8, color: muted };
export const smallStrong: Style = { font: 'bold', size: 8, color: muted };
export const total: Style = { font: 'bold', size: 13, color: accent };
export const badge: Style = { font: 'bold', size: 8, color: '#ffffff' };

/** From one line of text to the next. */
export const leading = ({ size }: Style) => Math.round(size * 1.45 * 2) / 2;

/** The baseline of text that stands in the middle of a line that begins at `top` and is `height` high. */
export const baselineIn = (top: number, height: number, { size }: Style) => top + (height + size * capHeight) / 2;

/** Of DejaVu Sans, as a share of the size. */
const capHeight = 0.729;
