/** Test files and the driver as JavaScript of a few chunks: reading a thousand modules of vitest takes a VM longer than the tests. */
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'rolldown';

const repository = join(import.meta.dirname, '..', '..', '..');

export interface Ring {
  /** A command of bash: runs every file, two at a time, and fails where one does. */
  readonly command: string;
  readonly files: number;
  remove(): void;
}

/**
 * @param folders of tests, or single test files, in the repository
 * @param together folders whose tests run in two processes rather than one each: what they share is made twice, not twenty times
 */
export async function bundleRing(folders: readonly string[], together: readonly string[] = []): Promise<Ring> {
  const tests = folders.flatMap((path) => (path.endsWith('.ts') ? [path] : testsIn(path)));
  const folder = mkdtempSync(join(tmpdir(), 'gocker-ring-'));
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const inputs = [
    ...together.flatMap((path) => writeHalves(path, folder)),
    ...tests.map((path) => [nameOf(path), join(repository, path)] as const),
  ];
  await build({
    input: { driver: join(import.meta.dirname, 'driver.ts'), ...Object.fromEntries(inputs) },
    platform: 'node',
    external: ['koffi', 'undici', 'rolldown'],
    resolve: { alias: { vitest: join(import.meta.dirname, 'vitest.ts') } },
    plugins: [ownPlace],
    transform: { target: 'node20.19' },
    logLevel: 'warn',
    output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
  });
  const files = inputs.map(([name]) => join(folder, `${name}.mjs`));
  return {
    command: `printf '%s\\n' ${files.join(' ')} | xargs -n1 -P2 ${process.execPath} ${join(folder, 'driver.mjs')}`,
    files: files.length,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Two files that import every other test of a folder each. */
function writeHalves(path: string, folder: string): (readonly [name: string, path: string])[] {
  const tests = testsIn(path).sort();
  return [0, 1].map((half) => {
    const name = `${nameOf(path)}.${half + 1}`;
    const imports = tests.filter((_, at) => at % 2 === half).map((test) => join(repository, test));
    writeFileSync(join(folder, `${name}.ts`), imports.map((test) => `import ${JSON.stringify(test)};\n`).join(''));
    return [name, join(folder, `${name}.ts`)];
  });
}

function nameOf(path: string): string {
  return path.replaceAll('/', '.').replace(/\.ts$/, '');
}

function testsIn(folder: string): string[] {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name));
}

/** Tests find files beside themselves, and still do once they are bundled elsewhere. */
const ownPlace: Plugin = {
  name: 'own-place',
  transform: (code, id) => code.replaceAll('import.meta.dirname', JSON.stringify(dirname(id))),
};
