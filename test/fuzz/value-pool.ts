/** Kept of each kind of value and actor; the oldest give way. */
const maxKept = 40;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What answers have held, by whom they were given and by what it is: so that requests can name what exists. */
export class ValuePool {
  readonly #kept = new Map<string, Map<string, string[]>>();
  readonly #places = new Map<string, string[][]>();
  readonly #bodies = new Map<string, object[]>();

  /** Everything in a JSON value that a later request could name. `kind`: what an `id` at its root is the id of. */
  harvest(actor: string, value: unknown, kind: string): void {
    if (Array.isArray(value)) {
      // The first few: a list of two hundred would wash all else away.
      for (const item of value.slice(0, 5)) this.harvest(actor, item, kind);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, part] of Object.entries(value)) {
        if (name === 'id' || typeof part !== 'string') this.harvest(actor, part, name === 'id' ? kind : kindOf(name));
        else this.keep(actor, kindOf(name), part);
      }
    } else if (typeof value === 'string') this.keep(actor, kind, value);
  }

  keep(actor: string, kind: string, text: string): void {
    if (text === '' || text.length > 1_000) return;
    for (const whose of [actor, anybody]) {
      this.#add(whose, kind, text);
      if (uuid.test(text)) this.#add(whose, anyId, text);
    }
  }

  /** What somebody has deleted is theirs no longer; others may still ask for it. */
  forget(actor: string, text: string): void {
    const kept = this.#kept.get(actor);
    for (const [kind, values] of kept ?? [])
      kept?.set(
        kind,
        values.filter(value => value !== text),
      );
  }

  /** One of the values of a kind that an actor has seen and that fit; of anybody's, for no actor. Undefined if there is none. */
  pick(actor: string | null, kind: string, index: number, fits = (_text: string) => true): string | undefined {
    const kept = this.#kept.get(actor ?? anybody);
    const values = (kept?.get(kind) ?? kept?.get(otherNames[kind] ?? ''))?.filter(fits);
    if (!values) return undefined;
    // Mostly of the newest: of the old ones many are gone.
    const among = index % 4 === 0 ? values.length : Math.min(values.length, 8);
    return values.at(-1 - ((index >> 2) % among));
  }

  /** What an actor has found at a path: the ids in that, and one below it. */
  keepPlace(actor: string, path: string, ids: readonly string[]): void {
    for (const whose of [actor, anybody]) {
      const key = `${whose} ${templateOf(path)}/{}`;
      const places = this.#places.get(key) ?? [];
      this.#places.set(key, [...places, [...ids]].slice(-maxKept));
    }
  }

  /** The ids of one of the places whose path is the longest part of this one that ends with an id. */
  pickPlace(actor: string | null, path: string, index: number): readonly string[] | undefined {
    const places = this.#places.get(`${actor ?? anybody} ${templateOf(path).replace(/[^}]*$/, '')}`);
    return places?.[index % places.length];
  }

  /** A body with which an operation has done its work. */
  keepBody(actor: string, operation: string, body: object): void {
    const key = `${actor} ${operation}`;
    this.#bodies.set(key, [...(this.#bodies.get(key) ?? []), body].slice(-8));
  }

  pickBody(actor: string, operation: string, index: number): object | undefined {
    const bodies = this.#bodies.get(`${actor} ${operation}`);
    return bodies?.[index % bodies.length];
  }

  #add(actor: string, kind: string, text: string): void {
    const kinds = this.#kept.get(actor) ?? new Map<string, string[]>();
    this.#kept.set(actor, kinds);
    const values = kinds.get(kind) ?? [];
    kinds.set(kind, values);
    const known = values.indexOf(text);
    if (known >= 0) values.splice(known, 1);
    values.push(text);
    if (values.length > maxKept) values.shift();
  }
}

function templateOf(path: string): string {
  return path.replace(/\{\w+\}/g, '{}');
}

const anybody = '*';
/** Where a request says another word than the answers. */
const otherNames: Record<string, string> = { owner: 'entity', invoice: 'entity', doc: 'document', subject: 'staff' };

/** The kind of every id, whatever it is the id of. */
export const anyId = '(id)';

/** `orderId`, `order_id`, `orders`, `order_ids` → `order`. */
export function kindOf(name: string): string {
  const plain = name.replaceAll('_', '').toLowerCase();
  const bare = plain.replace(/ids?$/, '') || plain;
  return bare
    .replace(/^(next)(?=cursor$)/, '')
    .replace(/ies$/, 'y')
    .replace(/(?<!s)s$/, '');
}

/** What the id in an operation's answer is the id of, or one of its path's parameters: the last word before it. */
export function kindOfPath(path: string, parameter?: string): string {
  if (parameter !== undefined && parameter !== 'id') return kindOf(parameter);
  const before = parameter === undefined ? path : path.slice(0, path.indexOf(`{${parameter}}`));
  const words = before.split('/').filter(word => word !== '' && !word.startsWith('{'));
  return kindOf(words.at(-1) ?? '');
}

/** A list goes on from a cursor of its own, and some take ids in one text; of other fields the name says what they hold. */
export function kindOfQuery(path: string, name: string): string | undefined {
  if (name === 'cursor') return `cursor of ${path}`;
  return name === 'ids' ? kindOfPath(path) : undefined;
}
