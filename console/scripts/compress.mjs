// Writes what browsers read smallest beside each file of the site, and says what the reviewer's first load costs.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const SITE = 'dist/site';
const FIRST_LOAD_MAX = 300 * 1024;

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

const packed = new Map();
for (const path of filesBelow(SITE).filter((path) => /\.(js|css|html|svg)$/.test(path))) {
  const bytes = readFileSync(path);
  const gzip = gzipSync(bytes, { level: 9 });
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${path}.gz`, gzip);
  packed.set(path, gzip.length);
}

// What the page names, with everything that those files import at once.
const first = new Set();
const visit = (path) => {
  if (first.has(path) || !packed.has(path)) return;
  first.add(path);
  const text = readFileSync(path, 'utf8');
  const named = path.endsWith('.html')
    ? [...text.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1])
    : [...text.matchAll(/from\s*"\.\/([^"]+)"/g)].map((match) => `assets/${match[1]}`);
  named.forEach((name) => visit(join(SITE, name)));
};
visit(join(SITE, 'index.html'));
const total = [...first].reduce((sum, path) => sum + packed.get(path), 0);
console.log(`first load: ${(total / 1024).toFixed(0)} KB with gzip, in ${first.size} files`);
if (total > FIRST_LOAD_MAX) {
  console.error(`the first load is above ${FIRST_LOAD_MAX / 1024} KB`);
  process.exit(1);
}
