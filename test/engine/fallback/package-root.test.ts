import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { expect, test } from 'vitest';
import { findPackageRoot } from '../../../src/engine/fallback/package-root.ts';
import { makeSysroot } from './sysroot.ts';

test('findPackageRoot() finds this repository from its sources', () => {
  expect(findPackageRoot()).toBe(join(import.meta.dirname, '../../..'));
});

test('findPackageRoot() passes over other packages on its way up, and gives up at the root', () => {
  const root = makeSysroot({
    '/package.json': '{"name":"gocker"}',
    '/dist/package.json': '{"type":"commonjs"}',
    '/dist/chunks/package.json': 'not JSON',
  });
  expect(findPackageRoot(join(root, 'dist/chunks'))).toBe(root);
  expect(findPackageRoot('/')).toBeUndefined();
});

test.each(['cjs', 'esm'] as const)('findPackageRoot() works from dist/chunks when bundled as %s', async (format) => {
  const root = makeSysroot({
    '/package.json': '{"name":"gocker"}',
    '/main.ts': `import { findPackageRoot } from '${join(import.meta.dirname, '../../../src/engine/fallback/package-root.ts')}';
      process.stdout.write(String(findPackageRoot()));`,
  });
  const file = join(root, 'dist/chunks', format === 'cjs' ? 'main.cjs' : 'main.mjs');
  mkdirSync(join(root, 'dist/chunks'), { recursive: true });
  await build({ input: join(root, 'main.ts'), platform: 'node', output: { file, format }, logLevel: 'silent' });
  expect(execFileSync(process.execPath, [file], { encoding: 'utf8' })).toBe(root);
});
