import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A statement with its values, in the shape that pg-promise runs as a server-side prepared statement. */
export interface Statement {
  /** Absent for a statement that is planned anew at each run. */
  name?: string;
  text: string;
  values: unknown[];
}

/** A loaded file: give it the named values, get a runnable statement. Throws `TypeError` for a missing or unknown name. */
export interface Sql {
  (values?: Record<string, unknown>): Statement;
  readonly file: string;
  readonly text: string;
  readonly names: readonly string[];
}

const root = fileURLToPath(new URL('./sql/', import.meta.url));
const loaded = new Map<string, Sql>();

/**
 * Loads `db/sql/<file>.sql` once and fails at load if it is missing or malformed. A file is one statement in lower case;
 * its first comment says what zero rows mean. `${name}` becomes a numbered parameter: values never enter the text.
 * @param options.replan for statements with optional filters ("is null or"): a prepared plan would have to suit every
 * combination of them and so use no index.
 */
export function sql(file: string, options: { replan?: boolean } = {}): Sql {
  const known = loaded.get(file);
  if (known) return known;
  const source = readFileSync(`${root}${file}.sql`, 'utf8');
  if (!source.startsWith('-- ')) throw new SyntaxError(`${file}.sql must begin with a comment on what zero rows mean`);
  const body = source
    .replace(/^\s*--.*$/gm, '')
    .trim()
    .replace(/;$/, '');
  if (body.includes(';')) throw new SyntaxError(`${file}.sql must hold one statement`);
  const names: string[] = [];
  const text = body.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  if (/\$\{/.test(text)) throw new SyntaxError(`${file}.sql has a malformed parameter`);
  const statement = Object.assign(
    (values: Record<string, unknown> = {}): Statement => {
      const given = names.map(name => {
        if (!(name in values) || values[name] === undefined)
          throw new TypeError(`${file}.sql needs a value for ${name}`);
        return values[name];
      });
      if (Object.keys(values).length > names.length) {
        const unknown = Object.keys(values).filter(name => !names.includes(name));
        throw new TypeError(`${file}.sql does not use ${unknown.join(', ')}`);
      }
      return options.replan ? { text, values: given } : { name: file, text, values: given };
    },
    { file, text, names },
  );
  loaded.set(file, statement);
  return statement;
}
