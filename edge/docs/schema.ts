import { type JsonSchema, type OpenApiDocument, resolveReference } from '../openapi/document.ts';
import { html, type Markup, prose } from '../../shared/html.ts';

/** Deeper than any of ours; what refers to itself is named where it comes round again. */
const maxDepth = 8;

/** A schema as nested lists of properties, its references followed. */
export function renderSchema(document: OpenApiDocument, schema: JsonSchema, seen: readonly string[] = []): Markup {
  const { schema: known, seen: met } = follow(document, schema, seen);
  const inner = renderInside(document, known, met);
  return html`<div class="schema"><p class="shape">${typeLabel(schema)}${schema.$ref !== undefined && html` = ${typeLabel(known)}`}${renderLimits(known)}</p>
    ${known.description && html`<p>${prose(known.description)}</p>`}${inner}</div>`;
}

/** The name of a type: `string`, `array of object`, `uuid`, `"a" | "b"`. */
export function typeLabel(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) as string;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return [...new Set(branches.map(branch => typeLabel(branch)))].join(' | ');
  const labels = [schema.type ?? []].flat().map(type => {
    if (type === 'array') return `array of ${schema.items ? typeLabel(schema.items) : 'anything'}`;
    if (type === 'object' && typeof schema.additionalProperties === 'object' && !schema.properties)
      return `map of ${typeLabel(schema.additionalProperties)}`;
    return type === 'string' && schema.format ? schema.format : type;
  });
  return labels.join(' | ') || 'anything';
}

const limitWords: Record<string, string> = {
  minimum: '≥',
  maximum: '≤',
  minLength: 'length ≥',
  maxLength: 'length ≤',
  minItems: 'items ≥',
  maxItems: 'items ≤',
  pattern: 'matches',
  default: 'default',
};

/** What else a value must be. */
export function renderLimits(schema: JsonSchema): Markup[] {
  return Object.entries(limitWords)
    .filter(([keyword]) => schema[keyword] !== undefined)
    .map(([keyword, word]) => {
      const value = schema[keyword];
      return html` <span class="limit">${word} <code>${typeof value === 'string' ? value : JSON.stringify(value)}</code></span>`;
    });
}

function renderInside(document: OpenApiDocument, schema: JsonSchema, seen: readonly string[]): Markup | null {
  if (seen.length > maxDepth) return null;
  if (schema.properties) {
    const required = new Set(schema.required);
    return html`<ul class="properties">${Object.entries(schema.properties).map(([name, property]) =>
      renderProperty(document, name, property, required.has(name), seen),
    )}</ul>`;
  }
  const inside = [schema.items, typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null]
    .concat(schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [])
    .filter(part => part !== null && part !== undefined)
    .map(part => follow(document, part, seen))
    .filter(part => !part.again);
  const shown = inside.map(part => renderInside(document, part.schema, part.seen)).filter(part => part !== null);
  return shown.length > 0 ? html`${shown}` : null;
}

function renderProperty(
  document: OpenApiDocument,
  name: string,
  property: JsonSchema,
  required: boolean,
  seen: readonly string[],
): Markup {
  const { schema, seen: met, again } = follow(document, property, seen);
  const inner = again ? null : renderInside(document, schema, [...met, name]);
  const head = html`<code class="name">${name}</code> <span class="type">${typeLabel(property)}</span>${
    required ? null : html` <span class="optional">optional</span>`
  }${renderLimits(schema)}${schema.description && html` <span class="told">${prose(schema.description)}</span>`}`;
  return inner ? html`<li><details open><summary>${head}</summary>${inner}</details></li>` : html`<li>${head}</li>`;
}

function follow(document: OpenApiDocument, schema: JsonSchema, seen: readonly string[]) {
  const { $ref } = schema;
  if ($ref === undefined) return { schema, seen, again: false };
  const target = resolveReference(document, $ref) as JsonSchema;
  return { schema: target, seen: [...seen, $ref], again: seen.includes($ref) };
}
