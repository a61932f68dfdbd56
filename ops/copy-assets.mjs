// Puts beside the compiled code what the compiler does not carry: SQL, migrations, pages.
import { cpSync } from 'node:fs';
import { extname, join } from 'node:path';

const carried = new Set(['.sql', '.css', '.js', '.html', '.svg', '.png', '.ttf']);
const isFolder = path => extname(path) === '';

for (const folder of ['db', 'edge', 'ops', 'shared', 'workers']) {
  cpSync(folder, join('dist', folder), {
    recursive: true,
    filter: path => isFolder(path) || carried.has(extname(path)),
  });
}
