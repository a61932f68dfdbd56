import { invalidRequest } from './refusal.ts';

/** Decoded parameters: `metadata[order]=7` is `{metadata: {order: '7'}}`, `expand[]=a` is `{expand: {0: 'a'}}`. Every leaf is a string, as on Stripe's wire. */
export interface Form {
  [name: string]: string | Form;
}

/** Decodes `application/x-www-form-urlencoded` with nested brackets. Throws a 400 for a name used both as a value and as a group. */
export function parseForm(encoded: string): Form {
  const form = emptyForm();
  for (const [name, value] of new URLSearchParams(encoded)) {
    const path = name.split('[').map((part, depth) => (depth === 0 ? part : part.replace(/\]$/, '')));
    place(form, path, value, name);
  }
  return form;
}

function place(form: Form, path: string[], value: string, name: string): void {
  let group = form;
  for (const step of path.slice(0, -1)) {
    const next = (group[step] ??= emptyForm());
    if (typeof next === 'string') throw invalidRequest(`Invalid ${name}: expected a string`, 'parameter_invalid', name);
    group = next;
  }
  const leaf = path.at(-1) ?? '';
  // `list[]` appends: the next free index of the group.
  const key = leaf === '' && path.length > 1 ? String(Object.keys(group).length) : leaf;
  if (typeof group[key] === 'object')
    throw invalidRequest(`Invalid ${name}: expected a hash`, 'parameter_invalid', name);
  group[key] = value;
}

/** Without a prototype, so that a parameter called `__proto__` or `constructor` is only a name. */
function emptyForm(): Form {
  const form: Form = Object.create(null);
  return form;
}
