const text = Symbol('markup');

/** HTML that is safe to send: only `html` makes it. */
export interface Markup {
  readonly [text]: string;
}

type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** Markup from a template; every value that isn't markup itself is escaped, so that no text can become a tag. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let made = strings[0] as string;
  for (const [index, part] of parts.entries()) made += textOf(part) + (strings[index + 1] as string);
  return { [text]: made };
}

/** The markup as text for the wire. */
export function render(markup: Markup): string {
  return markup[text];
}

/** Prose of a description: what stands between backticks becomes code. */
export function prose(description: string): Markup[] {
  return description.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function textOf(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (Array.isArray(part)) return (part as readonly Part[]).map(textOf).join('');
  if (typeof part === 'object') return (part as Markup)[text];
  return escapeHtml(String(part));
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(raw: string): string {
  return raw.replace(/[&<>"']/g, character => entities[character] as string);
}
