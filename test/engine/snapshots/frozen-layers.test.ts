import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FrozenLayers } from '../../../src/engine/snapshots/frozen-layers.ts';
import { withDirectoryLock } from '../../../src/store/index.ts';

let root: string;
let layers: FrozenLayers;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gocker-frozen-'));
  layers = new FrozenLayers(root);
});
afterEach(() => rmSync(root, { recursive: true }));

/** A layer with one file. */
async function freeze(below: string | undefined, file: string): Promise<string> {
  let made = '';
  await layers.make(below, (id) => {
    made = id;
  });
  const upperdir = join(root, 'upper');
  mkdirSync(upperdir);
  writeFileSync(join(upperdir, file), '');
  layers.moveIn(made, upperdir);
  return made;
}

test('a layer knows all that it stands on, top first', async () => {
  const one = await freeze(undefined, '1');
  const two = await freeze(one, '2');
  const three = await freeze(two, '3');
  expect(layers.stack(three)).toEqual([three, two, one]);
  expect(layers.lowerdirs(two).map((tree) => readdirSync(tree))).toEqual([['2'], ['1']]);
});

test('a tree is moved in once: what stands in its old place later is another', async () => {
  const id = await freeze(undefined, 'first');
  const upperdir = join(root, 'upper');
  mkdirSync(upperdir);
  layers.moveIn(id, upperdir);
  expect(existsSync(upperdir)).toBe(true);
  expect(readdirSync(layers.tree(id))).toEqual(['first']);
});

test('collecting removes what is not live, and what others left half removed', async () => {
  const [kept, gone] = [await freeze(undefined, '1'), await freeze(undefined, '2')];
  mkdirSync(join(root, 'snapshots', '.removed-0-1-0', 'diff'), { recursive: true });
  await layers.collect(() => new Set([kept]));
  expect(readdirSync(join(root, 'snapshots'))).toEqual([kept]);
  expect(layers.has(gone)).toBe(false);
});

test('no record is given a layer while another looks which ones have one', async () => {
  await freeze(undefined, '1');
  const events: string[] = [];
  const making = await withDirectoryLock(join(root, 'snapshots'), 'exclusive', async () => {
    const made = layers.make(undefined, () => events.push('named'));
    await new Promise((resolve) => setImmediate(resolve));
    events.push('collected');
    return { made };
  });
  await making.made;
  expect(events).toEqual(['collected', 'named']);
});

test('a layer that is missing or damaged is an error that says what to do', async () => {
  const one = await freeze(undefined, '1');
  const two = await freeze(one, '2');
  rmSync(layers.tree(one), { recursive: true });
  expect(() => layers.check(two)).toThrow(
    expect.objectContaining({ code: 'SNAPSHOT_BROKEN', message: expect.stringContaining(one) }),
  );
  writeFileSync(join(root, 'snapshots', two, 'layer.json'), '');
  expect(() => layers.stack(two)).toThrow(
    expect.objectContaining({ code: 'SNAPSHOT_BROKEN', hint: expect.any(String) }),
  );
});
