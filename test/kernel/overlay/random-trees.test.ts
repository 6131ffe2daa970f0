import { describe, expect, test } from 'vitest';
import { rawTar } from '../../overlay/raw-tar.ts';
import { randomLayer, randomNumbers } from './random-layer.ts';
import { differences, hasUmoci, isRoot, memory, Stage, TreeDumper, withoutRoot } from './stack.ts';

describe.skipIf(!isRoot || !hasUmoci)('random layers (needs root and umoci)', () => {
  test('merge to the tree that umoci makes of them, or are refused by both', async () => {
    const dumper = await TreeDumper.open();
    let merged = 0;
    try {
      for (let seed = 1; seed <= 60; seed++) {
        const random = randomNumbers(seed);
        const tars = Array.from({ length: 1 + random(3) }, () =>
          rawTar([{ name: './', type: '5' }, ...randomLayer(random)]),
        );
        const stage = new Stage(memory);
        try {
          const theirs = attempt(() => dumper.umoci(stage, tars));
          const stack = await stage.ingest(tars).catch((error: Error) => error);
          const refusal = stack instanceof Error ? stack.message : undefined;
          const theirRefusal = theirs instanceof Error ? theirs.message : undefined;
          expect([refusal, theirRefusal].filter(Boolean).length, `seed ${seed}: ${refusal}, ${theirRefusal}`).not.toBe(
            1,
          );
          if (stack instanceof Error || theirs instanceof Error) continue;
          expect(differences(dumper.merged(stage, stack), theirs), `seed ${seed}`).toEqual([]);
          expect(differences(await dumper.copied(stage, stack), withoutRoot(theirs)), `seed ${seed}, copied`).toEqual(
            [],
          );
          merged++;
        } finally {
          stage[Symbol.dispose]();
        }
      }
    } finally {
      dumper.close();
    }
    expect(merged).toBeGreaterThan(20);
  }, 240_000);
});

function attempt<T>(act: () => T): T | Error {
  try {
    return act();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
