import type { Route } from '../route.ts';

/** `/jobs/:id` → `/jobs/{id}`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

export function parameterNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(match => match[1] as string);
}

/**
 * One template per place: OpenAPI holds `/jobs/{kind}` and `/jobs/{id}` to be the same path, so both become
 * `/jobs/{kindOrId}`. Keyed by the routes' own paths.
 */
export function sharedTemplates(paths: readonly string[]): Map<string, string> {
  const byShape = new Map<string, string[]>();
  for (const path of new Set(paths)) {
    const shape = path.replace(/:\w+/g, ':');
    byShape.set(shape, [...(byShape.get(shape) ?? []), path]);
  }
  const templates = new Map<string, string>();
  for (const same of byShape.values()) {
    const names = same.map(parameterNames);
    const joined = (names[0] ?? []).map((_, place) => joinNames(names.map(list => list[place] as string)));
    for (const path of same) {
      let place = 0;
      templates.set(
        path,
        path.replace(/:\w+/g, () => `{${joined[place++]}}`),
      );
    }
  }
  return templates;
}

function joinNames(names: readonly string[]): string {
  return [...new Set(names)].map((name, index) => (index === 0 ? name : capitalize(name))).join('Or');
}

/** `POST /jobs/:kind/batch` → `postJobsByKindBatch`. A deprecated route's name ends so: its successor has the plain one. */
export function operationIdOf(route: Route): string {
  const words = meaningfulSegments(route.path).map(segment =>
    segment.startsWith(':') ? `By${pascal(segment.slice(1))}` : pascal(segment),
  );
  return `${route.method.toLowerCase()}${words.join('')}${route.successor === undefined ? '' : 'Deprecated'}`;
}

/** What watches the service, whatever its path begins with. */
const healthPaths = new Set(['health', 'healthz', 'readyz', 'livez', 'metrics']);

/** The resource that a path begins with. */
export function tagOf(path: string): string {
  const [first = 'root'] = meaningfulSegments(path);
  return healthPaths.has(first) ? 'health' : first;
}

/** Without `/api/v1`, which every route of its surface would repeat. */
function meaningfulSegments(path: string): string[] {
  const segments = path.split('/').filter(segment => segment !== '');
  return segments[0] === 'api' && /^v\d+$/.test(segments[1] ?? '') ? segments.slice(2) : segments;
}

/** `transfer-reversal` → `TransferReversal`. */
export function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map(capitalize)
    .join('');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
