/** Test files and the driver as JavaScript of a few chunks: reading a thousand modules of vitest takes a VM longer than the tests. */
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
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

/** @param folders of tests, or single test files, in the repository */
export async function bundleRing(folders: readonly string[]): Promise<Ring> {
  const tests = folders.flatMap((path) => (path.endsWith('.ts') ? [path] : testsIn(path)));
  const folder = mkdtempSync(join(tmpdir(), 'gocker-ring-'));
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const inputs = tests.map((path) => [path.replaceAll('/', '.').replace(/\.ts$/, ''), join(repository, path)]);
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

function testsIn(folder: string): string[] {
  const names = readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name));
}

/** Tests find files beside themselves, and still do once they are bundled elsewhere. */
const ownPlace: Plugin = {
  name: 'own-place',
  transform: (code, id) => code.replaceAll('import.meta.dirname', JSON.stringify(dirname(id))),
};
