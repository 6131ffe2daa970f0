import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changesOf, packUpperdir } from '../../../src/overlay/index.ts';
import { rawTar } from '../../overlay/raw-tar.ts';
import { type Bundle, bundle } from '../../support/bundle.ts';
import type { Dump } from './dump-tree.ts';
import { randomLayer, randomNumbers } from './random-layer.ts';
import { differences, hasUmoci, isRoot, memory, Stage, stackFolder, TreeDumper, withoutRoot } from './stack.ts';

async function packed(upperdir: string, onSkipped?: (what: string) => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packUpperdir(upperdir, onSkipped === undefined ? {} : { onSkipped })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const file = (name: string, content = name) => ({ name, content });
const directory = (name: string) => ({ name, type: '5' });

describe.skipIf(!isRoot)('an upperdir (needs root)', () => {
  let dumper: TreeDumper;
  let changer: Bundle;
  beforeAll(async () => {
    dumper = await TreeDumper.open();
    changer = await bundle(join(import.meta.dirname, 'change-program.ts'));
  });
  afterAll(() => {
    dumper?.close();
    changer?.remove();
  });

  /** A stack of random layers, and what was done to it. */
  async function changed(stage: Stage, seed: number) {
    const random = randomNumbers(seed);
    const tars = Array.from({ length: 1 + random(2) }, () =>
      rawTar([{ name: './', type: '5' }, ...randomLayer(random)]),
    );
    const stack = await stage.ingest(tars).catch(() => undefined);
    if (stack === undefined) return undefined;
    const place = stackFolder(stage, stack);
    const before = dumper.mounted(place);
    execFileSync('unshare', ['-m', process.execPath, changer.path, place.folder, `${place.count}`, `${seed}`]);
    return { tars, place, before, after: dumper.mounted(place), upperdir: join(place.folder, 'upper') };
  }

  test('packed and unpacked again is the tree that was merged, to us and umoci; and its changes are those of the tree', async () => {
    let compared = 0;
    for (let seed = 1; seed <= 16; seed++) {
      const stage = new Stage(memory);
      try {
        const state = await changed(stage, seed);
        if (state === undefined) continue;
        const { tars, place, before, after, upperdir } = state;
        const tar = await packed(upperdir);
        expect(await packed(upperdir), `seed ${seed}, again`).toEqual(tar);
        execFileSync('tar', ['-tf', '-'], { input: tar, stdio: ['pipe', 'ignore', 'pipe'] });
        const stack = await stage.ingest([...tars, tar]);
        expect(differences(dumper.merged(stage, stack), after), `seed ${seed}`).toEqual([]);
        if (hasUmoci && seed % 4 === 0) {
          const theirs = withoutRoot(dumper.umoci(stage, [...tars, tar]));
          expect(differences(asUmociReads(after), theirs), `seed ${seed}, umoci`).toEqual([]);
        }
        const lowerdirs = Array.from({ length: place.count }, (_, at) => join(place.folder, `${at}`));
        const found = [...changesOf(upperdir, lowerdirs)].map(({ kind, path }) => `${kind} ${path.toString('latin1')}`);
        expect(found, `seed ${seed}, changes`).toEqual(expectedChanges(before, after));
        compared++;
      } finally {
        stage[Symbol.dispose]();
      }
    }
    expect(compared).toBeGreaterThan(8);
  }, 240_000);

  test('leaves out sockets and names that would be whiteouts, and says so', async () => {
    const stage = new Stage();
    const stack = await stage.ingest([rawTar([directory('./'), file('etc')])]);
    const { folder } = stackFolder(stage, stack);
    const server = createServer().listen(join(folder, 'upper', 'socket'));
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      execFileSync('touch', [join(folder, 'upper', '.wh.etc'), join(folder, 'upper', 'kept')]);
      const skipped: string[] = [];
      const tar = await packed(join(folder, 'upper'), (what) => skipped.push(what));
      expect(skipped).toEqual([
        expect.stringMatching(/"\.wh\.etc" would be/),
        expect.stringMatching(/"socket" is a socket/),
      ]);
      expect(execFileSync('tar', ['-tf', '-'], { input: tar, encoding: 'utf8' })).toBe('./\nkept\n');
    } finally {
      server.close();
      stage[Symbol.dispose]();
    }
  });

  test('of a kernel that leaves data or directories in the layers below is refused, not packed as empty', async () => {
    const stage = new Stage();
    try {
      const stack = await stage.ingest([rawTar([directory('./')])]);
      for (const [name, attribute] of [
        ['metacopy', 'trusted.overlay.metacopy'],
        ['redirect_dir', 'trusted.overlay.redirect'],
      ]) {
        const { folder } = stackFolder(stage, stack);
        const upper = join(folder, 'upper');
        execFileSync(name === 'metacopy' ? 'touch' : 'mkdir', [join(upper, 'x')]);
        execFileSync('setfattr', ['-n', attribute ?? '', '-v', 'y', join(upper, 'x')]);
        await expect(packed(upper)).rejects.toThrow(
          expect.objectContaining({ code: 'UPPERDIR_UNSUPPORTED', hint: expect.stringContaining(name ?? '') }),
        );
      }
    } finally {
      stage[Symbol.dispose]();
    }
  });
});

/** It knows no attributes whose names have an "=". */
function asUmociReads(dump: Dump): Dump {
  const entries = Object.entries(withoutRoot(dump)).map(([name, entry]) => {
    const { 'user.a=b': _, ...xattrs } = entry.xattrs as Record<string, string>;
    return [name, { ...entry, xattrs }];
  });
  return Object.fromEntries(entries);
}

/** docker's rule, from whole trees: what differs, the directories above it, and of what is gone the uppermost. */
function expectedChanges(before: Dump, after: Dump): string[] {
  const changes = new Map<string, string>();
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[name], after[name]];
    if (name === '.') continue;
    if (old === undefined) changes.set(name, 'added');
    else if (now === undefined) {
      // Below a file that took a directory's place nothing is deleted one by one.
      const parent = after[parentOf(name)];
      if (parent !== undefined && isDirectory(parent)) changes.set(name, 'deleted');
    } else if (aspects(old) !== aspects(now)) changes.set(name, 'changed');
  }
  for (const name of [...changes.keys()]) {
    for (let above = parentOf(name); above !== '.'; above = parentOf(above)) {
      if (!changes.has(above)) changes.set(above, 'changed');
    }
  }
  const lines = [...changes].map(([name, kind]) => ({ kind, path: name.slice(1) }));
  return lines.sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ kind, path }) => `${kind} ${path}`);
}

function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/'));
}

function isDirectory(entry: Record<string, unknown>): boolean {
  return String(entry.mode).startsWith('4');
}

/** Permissions, owner, device; of a file its size and time, by which content is told; its capabilities. */
function aspects(entry: Record<string, unknown>): string {
  const { mode, owner, device, mtime, content, target } = entry;
  const xattrs = entry.xattrs as Record<string, string>;
  const own = isDirectory(entry) ? [] : [mtime, content, target];
  return JSON.stringify([mode, owner, device, xattrs['security.capability'], ...own]);
}
