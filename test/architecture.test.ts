import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCatalog } from '../shared/catalog.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Room → the rooms that it may import, besides itself. */
const rooms: Record<string, readonly string[]> = {
  shared: [],
  db: ['shared'],
  edge: ['shared', 'db'],
  workers: ['shared', 'db'],
  ops: ['shared', 'db'],
};

/** The only ways out of `ops`: from → to. */
const doors: Record<string, readonly string[]> = {
  'ops/start.ts': ['edge/server.ts', 'workers/start.ts'],
  'ops/bench/invoices.ts': ['workers/invoice/render-invoice.ts', 'workers/invoice/render-pool.ts'],
  'ops/bench/ocr.ts': ['workers/verification/ocr-pool.ts'],
  'ops/openapi.ts': ['edge/app.ts', 'edge/openapi.ts'],
};

/** Kinds whose name is no name in TypeScript. */
const reserved: Record<string, string> = { export: 'userExport' };

const maxLines = 300;
const bannedStem = /(^|-)(utils?|helpers?|common|types?|constants?|manager|service)$/;

interface Source {
  path: string;
  text: string;
  /** Our own files that it imports, types included. */
  imports: string[];
  packages: string[];
}

const sources: Source[] = Object.keys(rooms).flatMap(room =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => readSource(join(room, file))),
);

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^'\n\\ ]+)'/g)].map(match => match[1] as string);
  return {
    path,
    text,
    imports: specifiers.filter(name => name.startsWith('.')).map(name => normalize(join(dirname(path), name))),
    packages: specifiers.filter(name => !name.startsWith('.') && !name.startsWith('node:')).map(packageOf),
  };
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function roomOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

function surfaceOf(path: string): string | undefined {
  return /^edge\/(jobs|marketplace|workforce|fieldservice)\//.exec(path)?.[1];
}

/** Every import that `wrong` finds fault with, as text. */
function faults(wrong: (from: string, to: string) => boolean): string[] {
  return sources.flatMap(source =>
    source.imports.filter(to => wrong(source.path, to)).map(to => `${source.path} → ${to}`),
  );
}

describe('the architecture', () => {
  it('lets each room import only what lies below it', () => {
    const wrong = faults((from, to) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      return own !== other && !rooms[own]?.includes(other) && !doors[from]?.includes(to);
    });
    assert.deepEqual(wrong, []);
  });

  it('keeps a use for each of its exceptions', () => {
    const unused = Object.entries(doors).flatMap(([from, targets]) =>
      targets.filter(to => !sources.find(source => source.path === from)?.imports.includes(to)),
    );
    assert.deepEqual(unused, []);
  });

  it('lets no surface import another: edge/app.ts alone composes them', () => {
    const wrong = faults(
      (from, to) => surfaceOf(to) !== undefined && surfaceOf(to) !== surfaceOf(from) && from !== 'edge/app.ts',
    );
    assert.deepEqual(wrong, []);
  });

  it('imports no test and only files that are there', () => {
    const paths = new Set(sources.map(source => source.path));
    assert.deepEqual(
      faults((_, to) => !paths.has(to)),
      [],
    );
  });

  it('runs on packages that are installed in production; the bench alone may take others', () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    };
    const installed = new Set([...Object.keys(dependencies), ...builtinModules]);
    // Loaded on purpose only, by --import.
    const optional = new Set(Object.keys(optionalDependencies ?? {}));
    const wrong = sources
      .filter(({ path }) => !path.startsWith('ops/bench/'))
      .flatMap(({ path, packages }) =>
        packages
          .filter(name => !installed.has(name) && !(path === 'ops/tracing.ts' && optional.has(name)))
          .map(name => `${path}: ${name}`),
      );
    assert.deepEqual(wrong, []);
  });

  it('calls a kind the same everywhere: its spec, its handler, and what they export', () => {
    for (const { kind } of loadCatalog({ echoKinds: true }).values()) {
      const camelCase = kind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      const stem = reserved[camelCase] ?? camelCase;
      for (const path of [`shared/jobs/${kind}.ts`, `workers/handlers/${kind}.ts`]) {
        const source = sources.find(candidate => candidate.path === path);
        assert.ok(source, `${path} is missing`);
        assert.match(source.text, new RegExp(`^export (const|function|async function) ${stem}\\b`, 'm'), path);
      }
    }
  });

  it('has a spec and a handler for nothing but the kinds of the catalog', () => {
    const kinds = [...loadCatalog({ echoKinds: true }).keys()].sort();
    for (const folder of ['shared/jobs', 'workers/handlers']) {
      const stems = sources.filter(({ path }) => dirname(path) === folder).map(({ path }) => basename(path, '.ts'));
      assert.deepEqual(stems.sort(), kinds, folder);
    }
  });

  it('names files after what they hold, in kebab-case', () => {
    const stems = sources.map(({ path }) => ({ path, stem: basename(path, '.ts') }));
    assert.deepEqual(
      stems.filter(({ stem }) => bannedStem.test(stem) || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(stem)),
      [],
    );
  });

  it('has no barrels and no default exports', () => {
    const wrong = sources.filter(
      ({ path, text }) =>
        basename(path) === 'index.ts' ||
        /^export \*/m.test(text) ||
        /^export default\b/m.test(text) ||
        isOnlyReexports(text),
    );
    assert.deepEqual(
      wrong.map(({ path }) => path),
      [],
    );
  });

  it(`keeps every file within ${maxLines} lines`, () => {
    const long = sources.filter(({ text }) => text.split('\n').length - 1 > maxLines);
    assert.deepEqual(
      long.map(({ path }) => path),
      [],
    );
  });
});

function isOnlyReexports(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  return code.replace(/^export (type )?\{[^}]*\} from '[^']*';/gm, '').trim() === '';
}
