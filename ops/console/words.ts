import { html, type Markup } from '../../shared/html.ts';

/** Figures and times as pages print them. */

const whole = new Intl.NumberFormat('en');

export function count(value: number): string {
  return whole.format(Math.round(value));
}

/** `0`, `0.3`, `12`, `1,204`. */
export function rate(perS: number): string {
  if (perS === 0) return '0';
  return perS < 10 ? perS.toFixed(perS < 0.1 ? 2 : 1) : count(perS);
}

/** `850 ms`, `3.2 s`, `4 min`, `2 h`, `3 d`; a dash for none. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${(seconds / 3_600).toFixed(seconds < 36_000 ? 1 : 0)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** A moment: `2026-11-26 08:15:02 UTC`. Browsers put it into their own zone. */
export function moment(at: Date | string | null): Markup {
  if (at === null) return html`<span class="quiet">–</span>`;
  const iso = (typeof at === 'string' ? new Date(at) : at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** A moment of these days: `08:15 UTC`. Browsers put it into their own zone, and name the day unless it is today. */
export function clock(at: Date | string): Markup {
  const iso = new Date(at).toISOString();
  return html`<time class="clock" datetime="${iso}">${iso.slice(11, 16)} UTC</time>`;
}

/** How long ago, counted on by the browser; without scripts the moment itself. */
export function aged(at: Date | string | null): Markup {
  if (at === null) return html`never`;
  const iso = new Date(at).toISOString();
  return html`<time class="aged" datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

/** How long ago, at the time of rendering: `3 s ago`. */
export function ago(at: Date | string | null): string {
  if (at === null) return 'never';
  return `${duration(Math.max(0, Date.now() - new Date(at).getTime()))} ago`;
}

/** An amount of minor units, with its currency. */
export function money(cents: number, currency: string, digits: number): string {
  return `${new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(cents / 10 ** digits)} ${currency}`;
}

/** A word with its own colour and, for who sees none, its own shape. */
export function badge(tone: 'good' | 'busy' | 'warn' | 'bad' | 'idle', text: string): Markup {
  return html`<span class="badge ${tone}">${text}</span>`;
}
