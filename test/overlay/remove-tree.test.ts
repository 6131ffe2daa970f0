import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeTree, removeTreeSync } from '../../src/overlay/remove-tree.ts';

function makeTree(): { readonly folder: string; readonly outside: string } {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-remove-'));
  const outside = `${folder}-outside`;
  writeFileSync(outside, 'stays');
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'a', 'file'), '');
  symlinkSync(outside, join(folder, 'a', 'b', 'link'));
  // A name that is not UTF-8, as tars have them.
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/a/b/`), Buffer.from([0xff, 0xfe])]), '');
  return { folder, outside };
}

test.each([
  ['removeTree()', removeTree],
  ['removeTreeSync()', removeTreeSync],
])('%s removes names that are no text, follows no link, and lets a missing path be', async (_, remove) => {
  const { folder, outside } = makeTree();
  await remove(folder);
  await remove(folder);
  expect([existsSync(folder), existsSync(outside)]).toEqual([false, true]);
  await remove(outside);
});

/** As a container can, step by step: deeper than any path can say. */
const deepTree = `process.chdir(process.argv[1]);
  for (let depth = 0; depth < 100; depth++) {
    for (const name of ['d'.repeat(200), '0', '1']) require('node:fs').mkdirSync(name);
    process.chdir('d'.repeat(200));
  }`;

test.each([
  ['removeTree()', removeTree],
  ['removeTreeSync()', removeTreeSync],
])('%s removes a tree that is deeper than a path is long', async (_, remove) => {
  const { folder } = makeTree();
  execFileSync(process.execPath, ['-e', deepTree, folder]);
  await remove(folder);
  expect(existsSync(folder)).toBe(false);
});
