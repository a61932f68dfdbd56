import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSurfaces } from '../edge/app.ts';
import { describeSurface } from '../edge/openapi.ts';
import { loadCatalog } from '../shared/catalog.ts';

const directory = fileURLToPath(new URL('../openapi/', import.meta.url));

/** File name → text of every surface's document, with the kinds that a development system offers. */
export function openapiFiles(): Map<string, string> {
  const catalog = loadCatalog({ echoKinds: true });
  return new Map(
    loadSurfaces().map(surface => [
      `${surface.name}.json`,
      `${JSON.stringify(describeSurface(surface, { catalog }), null, 2)}\n`,
    ]),
  );
}

/** The names of the committed files that no longer say what the routes say. */
export async function driftedFiles(files: ReadonlyMap<string, string>): Promise<string[]> {
  const drifted: string[] = [];
  for (const [name, text] of files) {
    const committed = await readFile(join(directory, name), 'utf8').catch(() => null);
    if (committed !== text) drifted.push(name);
  }
  return drifted;
}

async function main(): Promise<void> {
  const files = openapiFiles();
  if (process.argv.includes('--check')) {
    const drifted = await driftedFiles(files);
    for (const name of drifted) console.error(`openapi/${name} is not what the routes say; run npm run openapi`);
    if (drifted.length > 0) process.exitCode = 1;
    return;
  }
  await mkdir(directory, { recursive: true });
  for (const [name, text] of files) await writeFile(join(directory, name), text);
  console.log(`wrote ${[...files.keys()].map(name => `openapi/${name}`).join(', ')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
