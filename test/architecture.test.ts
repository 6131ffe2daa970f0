/** The shape of the source tree: who may import whom, and how big a file may be. STYLE: a rule without a check is a wish. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', 'src');

/** What each folder of src/ may import, besides itself. The four pillars never import one another. */
const below: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  oci: ['errors'],
  syscall: ['errors'],
  registry: ['oci', 'syscall', 'errors'],
  store: ['oci', 'syscall', 'errors'],
  overlay: ['oci', 'syscall', 'errors'],
  runtime: ['oci', 'syscall', 'errors'],
  engine: ['registry', 'store', 'overlay', 'runtime', 'oci', 'syscall', 'errors'],
  build: ['engine', 'registry', 'store', 'overlay', 'runtime', 'oci', 'syscall', 'errors'],
  cli: ['build', 'engine', 'oci', 'errors'],
};

/** Packages that only one folder may import. */
const owners: Readonly<Record<string, string>> = {
  koffi: 'syscall',
  undici: 'registry',
  'tar-stream': 'overlay',
  ssri: 'store',
  cac: 'cli',
  'cli-progress': 'cli',
};

interface Import {
  readonly from: string;
  readonly specifier: string;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;
  return [...text.matchAll(pattern)].map((match) => ({
    from: file,
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
  }));
}

const imports = files.flatMap(importsOf);

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

test('the graph is read: every folder of src/ is in the table and imports are found', () => {
  const folders = new Set(files.map(folderOf).filter((folder) => folder !== ''));
  expect([...folders].filter((folder) => !(folder in below))).toEqual([]);
  expect(imports.length).toBeGreaterThan(20);
});

test('imports go one way only', () => {
  const offending = imports.flatMap(({ from, specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const source = folderOf(from);
    const target = folderOf(normalize(join(dirname(from), specifier)));
    if (source === '' || source === target) return [];
    return below[source]?.includes(target) ? [] : [`${from} → ${specifier}`];
  });
  expect(offending).toEqual([]);
});

test('a folder is entered only through its index.ts', () => {
  const offending = imports.flatMap(({ from, specifier }) => {
    if (!specifier.startsWith('.')) return [];
    const target = normalize(join(dirname(from), specifier));
    if (folderOf(target) === folderOf(from)) return [];
    return target === `${folderOf(target)}/index.ts` ? [] : [`${from} → ${specifier}`];
  });
  expect(offending).toEqual([]);
});

test('each package has one owner', () => {
  const offending = imports.flatMap(({ from, specifier }) => {
    const owner = owners[specifier];
    return owner === undefined || folderOf(from) === owner ? [] : [`${from} → ${specifier}`];
  });
  expect(offending).toEqual([]);
});

test('only src/cli prints or exits', () => {
  const offending = files.filter(
    (file) =>
      folderOf(file) !== 'cli' &&
      /\bconsole\.|(?<![#.\w])process\.(?:exit\(|exitCode|stdout|stderr)/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(offending).toEqual([]);
});

test('an index.ts lists its public names one by one', () => {
  const offending = files.filter(
    (file) => file.endsWith('index.ts') && /export\s+\*/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(offending).toEqual([]);
});

test('no file is longer than 300 lines, and none is named for nothing', () => {
  const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 301);
  const nameless = files.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|managers?|misc)(?:\.ts|\/)/.test(file));
  expect({ long, nameless }).toEqual({ long: [], nameless: [] });
});

test('every import resolves within the repository or names a declared package', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(root, '..', 'package.json'), 'utf8'));
  const dependencies = Object.keys((manifest as { dependencies: object }).dependencies);
  const offending = imports.flatMap(({ from, specifier }) => {
    if (specifier.startsWith('node:') || dependencies.includes(specifier)) return [];
    if (!specifier.startsWith('.')) return [`${from} → ${specifier}`];
    const target = relative('.', normalize(join(dirname(from), specifier)));
    return files.includes(target) ? [] : [`${from} → ${specifier}`];
  });
  expect(offending).toEqual([]);
});
