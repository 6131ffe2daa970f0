/** What a volume begins with, where whoever copies it is killed. */
import { spawn } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillVolume } from '../../../src/engine/volumes/fill.ts';
import { type Bundle, bundle } from '../../support/bundle.ts';
import { differences, TreeDumper } from '../overlay/stack.ts';

describe.skipIf(process.getuid?.() !== 0)('a volume that is filled (root)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gocker-fill-'));
  const lowerdir = join(folder, 'layer');
  const image = { lowerdirs: [lowerdir], path: '/data' };
  let program: Bundle;
  let dumper: TreeDumper;

  beforeAll(async () => {
    program = await bundle(join(import.meta.dirname, 'fill-program.ts'));
    dumper = await TreeDumper.open();
    mkdirSync(join(lowerdir, 'data'), { recursive: true });
    for (let at = 0; at < 400; at++) {
      const place = join(lowerdir, 'data', at % 4 === 0 ? `d${at}` : '.');
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, `f${at}`), `${at}`.repeat(5000));
    }
    linkSync(join(lowerdir, 'data', 'f1'), join(lowerdir, 'data', 'd0', 'hard'));
    utimesSync(join(lowerdir, 'data'), 1_500_000_000, 1_500_000_000);
  });

  afterAll(() => {
    program?.remove();
    dumper?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function volume(): string {
    const path = mkdtempSync(join(folder, 'volume-'));
    mkdirSync(join(path, '_data'));
    return path;
  }

  /** @returns whether it was through before it was killed */
  async function killedAfter(path: string, milliseconds: number): Promise<boolean> {
    const child = spawn(process.execPath, [program.path, path, lowerdir], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    const ended = new Promise((resolve) => child.on('close', resolve));
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        resolve();
      });
    });
    await sleep(milliseconds);
    child.kill('SIGKILL');
    await ended;
    return text.includes('ends');
  }

  test('killed at any moment, it is empty, or what is missing waits beside it; the next fills it whole', async () => {
    const expected = dumper.tree(join(lowerdir, 'data'));
    const seen = { empty: 0, moving: 0, whole: 0 };
    for (let attempt = 0; attempt < 12; attempt++) {
      const path = volume();
      const through = await killedAfter(path, attempt * 8);
      const [there, waits] = [readdirSync(join(path, '_data')).length, existsSync(join(path, 'fill'))];
      if (through) seen.whole++;
      else if (waits) seen.moving++;
      else if (there === 0) seen.empty++;
      else expect(differences(dumper.tree(join(path, '_data')), expected)).toEqual([]);
      await fillVolume(path, attempt % 2 === 0 && waits ? undefined : image);
      expect(differences(dumper.tree(join(path, '_data')), expected)).toEqual([]);
      expect(readdirSync(path)).toEqual(['_data']);
      rmSync(path, { recursive: true });
    }
    expect(seen.empty).toBeGreaterThan(0);
  }, 240_000);

  test('what was moved half is moved on, and what a container made meanwhile stays', async () => {
    const path = volume();
    mkdirSync(join(path, 'fill', 'tree', 'later'), { recursive: true });
    writeFileSync(join(path, 'fill', 'tree', 'file'), 'of the image');
    writeFileSync(join(path, '_data', 'file'), 'of a container');
    await fillVolume(path, undefined);
    expect(readdirSync(join(path, '_data')).sort()).toEqual(['file', 'later']);
    expect(readdirSync(path)).toEqual(['_data']);
  });

  test('half a copy is thrown away, and a volume that has something is left as it is', async () => {
    const path = volume();
    mkdirSync(join(path, 'fill.new', 'tree', 'half'), { recursive: true });
    writeFileSync(join(path, '_data', 'mine'), '');
    await fillVolume(path, image);
    expect(readdirSync(join(path, '_data'))).toEqual(['mine']);
    expect(readdirSync(path)).toEqual(['_data']);
  });

  test('of several that fill one volume at once, one does', async () => {
    const path = volume();
    await Promise.all(
      Array.from({ length: 4 }, () => killedAfter(path, 3000)).concat(fillVolume(path, image).then(() => true)),
    );
    expect(differences(dumper.tree(join(path, '_data')), dumper.tree(join(lowerdir, 'data')))).toEqual([]);
    expect(readdirSync(path)).toEqual(['_data']);
  });
});
