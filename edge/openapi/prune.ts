import type { Components } from './document.ts';

/** The components that are referred to, however indirectly; security schemes stay. */
export function pruned(components: Components, paths: unknown): Components {
  const used = new Set<string>();
  const follow = (value: unknown): void => {
    for (const [, section, name] of JSON.stringify(value).matchAll(/"#\/components\/(\w+)\/([\w.-]+)"/g)) {
      const reference = `${section}/${name}`;
      if (used.has(reference)) continue;
      used.add(reference);
      const target = (components as unknown as Record<string, Record<string, unknown>>)[section as string]?.[
        name as string
      ];
      if (target === undefined) throw new TypeError(`the reference ${reference} points nowhere`);
      follow(target);
    }
  };
  follow(paths);
  const kept = <Part>(section: keyof Components, parts: Record<string, Part>): Record<string, Part> =>
    Object.fromEntries(Object.entries(parts).filter(([name]) => used.has(`${section}/${name}`)));
  return {
    schemas: kept('schemas', components.schemas),
    parameters: kept('parameters', components.parameters),
    headers: kept('headers', components.headers),
    responses: kept('responses', components.responses),
    securitySchemes: components.securitySchemes,
  };
}
