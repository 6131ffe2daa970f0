import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GockerError } from '../../../src/errors/index.ts';
import { chainIDs, type DiffID, digestHex } from '../../../src/oci/index.ts';
import { DirectorySnapshotter } from '../../../src/overlay/index.ts';
import { type RawEntry, rawTar } from '../../overlay/raw-tar.ts';
import { type Bundle, bundle } from '../../support/bundle.ts';
import { diffIDOf, isRoot, memory, Stage } from './stack.ts';

const base = rawTar([
  { name: './', type: '5', mode: 0o751, uid: 1, gid: 2, mtime: 1000 },
  { name: 'etc', type: '5' },
  { name: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n' },
]);
const whole = rawTar([
  { name: 'opt', type: '5' },
  { name: 'opt/tool', content: 'x'.repeat(1000) },
]);
const dependent = rawTar([{ name: 'etc/added', content: 'y' }]);

/** Thousands of files and megabytes: enough to be killed in the middle of. */
const large = rawTar(
  Array.from({ length: 1500 }, (_, at): RawEntry[] => [
    ...(at % 100 === 0 ? [{ name: `d${at / 100}`, type: '5' } as const] : []),
    { name: `d${Math.floor(at / 100)}/f${at}`, content: String(at).repeat(at % 500) },
  ]).flat(),
);

function blobOf(tar: Buffer): Readable {
  return Readable.from([gzipSync(tar, { level: 1 })]);
}

function leftovers(stage: Stage): string[] {
  return existsSync(join(stage.layers, 'ingest')) ? readdirSync(join(stage.layers, 'ingest')) : [];
}

async function differences(stage: Stage, stack: readonly DiffID[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const finding of stage.snapshotter.verify({ stack, blob: blobOf(large) })) found.push(finding);
  return found;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof GockerError ? error.code : String(error)),
  );
}

describe.skipIf(!isRoot)('DirectorySnapshotter (needs root)', () => {
  let stage: Stage;
  async function staged(act: () => Promise<void>): Promise<void> {
    stage = new Stage(memory);
    try {
      await act();
    } finally {
      stage[Symbol.dispose]();
    }
  }

  test('has nothing, lists nothing and sweeps nothing where no layer was ever ingested', () =>
    staged(async () => {
      const stack = [diffIDOf(base)];
      const { snapshotter } = stage;
      expect([snapshotter.has(stack), snapshotter.size(stack), snapshotter.key(stack)]).toEqual([
        false,
        undefined,
        undefined,
      ]);
      expect(snapshotter.lowerdirs(stack)).toBe(undefined);
      expect(snapshotter.list()).toEqual([]);
      await snapshotter.sweep();
      await snapshotter.remove('0'.repeat(64));
      expect(() => snapshotter.prepare(stack, { upperdir: '/nonexistent', workdir: '/nonexistent' })).toThrow(
        GockerError,
      );
    }));

  test('keeps a layer that is whole by itself under its diffID, and shares it between stacks', () =>
    staged(async () => {
      const [a, b] = await stage.ingest([base, whole]);
      if (a === undefined || b === undefined) throw new Error('two layers went in');
      const { snapshotter } = stage;
      expect(snapshotter.key([a, b])).toBe(digestHex(b));
      expect(snapshotter.has([b])).toBe(true);
      expect(snapshotter.has([b, a])).toBe(true);
      expect(snapshotter.lowerdirs([a, b])).toEqual([b, a].map((id) => join(stage.layers, digestHex(id), 'diff')));
      expect(snapshotter.size([a, b])).toBe(1000);
    }));

  test('keeps a layer that needs those below it under its chainID, for that stack alone', () =>
    staged(async () => {
      const stack = await stage.ingest([base, dependent]);
      const [a, b] = stack;
      const chainID = chainIDs(stack)[1];
      if (a === undefined || b === undefined || chainID === undefined) throw new Error('two layers went in');
      expect(stage.snapshotter.key(stack)).toBe(digestHex(chainID));
      expect(stage.snapshotter.has([b])).toBe(false);
      expect(stage.snapshotter.has([a, a, b])).toBe(false);
      expect(stage.snapshotter.lowerdirs([b])).toBe(undefined);
    }));

  test('takes a bottom layer that needed those below, of which there were none, for no other place', () =>
    staged(async () => {
      const [b] = await stage.ingest([dependent]);
      if (b === undefined) throw new Error('a layer went in');
      expect(stage.snapshotter.has([b])).toBe(true);
      expect(stage.snapshotter.has([diffIDOf(base), b])).toBe(false);
      const stack = await stage.ingest([base, dependent]);
      const tree = stage.snapshotter.lowerdirs(stack)?.[0] ?? '';
      expect(statSync(join(tree, 'etc')).mtimeMs).toBe(1_704_067_200_000);
    }));

  test('prepares an upperdir that looks like the root of the topmost layer that has one', () =>
    staged(async () => {
      const stack = await stage.ingest([base, whole]);
      const [upperdir, workdir] = [join(stage.folder, 'upper'), join(stage.folder, 'work')];
      stage.snapshotter.prepare(stack, { upperdir, workdir });
      const { mode, uid, gid, mtimeMs } = statSync(upperdir);
      expect({ mode: mode & 0o7777, uid, gid, mtimeMs }).toEqual({ mode: 0o751, uid: 1, gid: 2, mtimeMs: 1_000_000 });
    }));

  test('unpacks a layer that depends on others once they are there, in whatever order they come', () =>
    staged(async () => {
      const stack = [diffIDOf(base), diffIDOf(dependent)];
      const upper = stage.snapshotter.ingestLayer({ stack, blob: blobOf(dependent) });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(stage.snapshotter.has(stack)).toBe(false);
      await stage.snapshotter.ingestLayer({ stack: stack.slice(0, 1), blob: blobOf(base) });
      expect((await upper).dependent).toBe(true);
      expect(leftovers(stage)).toEqual([]);
    }));

  test('gives up waiting for the layers below when the signal aborts, and leaves nothing', () =>
    staged(async () => {
      const controller = new AbortController();
      const stack = [diffIDOf(base), diffIDOf(dependent)];
      const waiting = stage.snapshotter.ingestLayer({ stack, blob: blobOf(dependent), signal: controller.signal });
      setTimeout(() => controller.abort(new Error('given up')), 30);
      await expect(waiting).rejects.toThrow('given up');
      expect(leftovers(stage)).toEqual([]);
    }));

  test('unpacks a layer once, though many want it at once, and reads the blobs of all', () =>
    staged(async () => {
      let read = 0;
      const progress: number[] = [];
      const bytes = gzipSync(large, { level: 1 });
      const ingest = (at: number) =>
        new DirectorySnapshotter(stage.layers).ingestLayer({
          stack: [diffIDOf(large)],
          blob: (async function* () {
            yield bytes;
            read++;
          })(),
          onProgress: () => progress.push(at),
        });
      const records = await Promise.all(Array.from({ length: 8 }, (_, at) => ingest(at)));
      expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
      expect(read).toBe(8);
      expect(new Set(progress).size).toBe(1);
      expect(leftovers(stage)).toEqual([]);
      expect(stage.snapshotter.list().map(({ key }) => key)).toEqual([digestHex(diffIDOf(large))]);
    }));

  test.each<[string, (tar: Buffer) => AsyncIterable<Uint8Array>, string]>([
    ['the diffID is wrong', (tar) => blobOf(Buffer.concat([tar, Buffer.alloc(512)])), 'DIFF_ID_MISMATCH'],
    ['the gzip stream is cut off', (tar) => Readable.from([gzipSync(tar).subarray(0, -20)]), 'LAYER_CORRUPT'],
    ['the tar is cut off', (tar) => blobOf(tar.subarray(0, 40_000)), 'LAYER_MALFORMED'],
    ['the blob is no tar', () => Readable.from([Buffer.alloc(10_000, 'text')]), 'LAYER_NOT_TAR'],
    [
      'the source fails',
      (tar) =>
        (async function* () {
          yield gzipSync(tar).subarray(0, 1000);
          throw new GockerError('RESET', 'connection reset');
        })(),
      'RESET',
    ],
  ])('keeps nothing where %s', (_, blob, code) =>
    staged(async () => {
      const stack = [diffIDOf(large)];
      expect(await codeOf(stage.snapshotter.ingestLayer({ stack, blob: blob(large) }))).toBe(code);
      expect(stage.snapshotter.has(stack)).toBe(false);
      expect(readdirSync(stage.layers)).toEqual(['ingest']);
      expect(leftovers(stage)).toEqual([]);
    }),
  );

  test('names both digests where the diffID is wrong', () =>
    staged(async () => {
      const other = diffIDOf(whole);
      const ingest = stage.snapshotter.ingestLayer({ stack: [other], blob: blobOf(base) });
      await expect(ingest).rejects.toThrow(new RegExp(`${diffIDOf(base)}.*${other}`));
    }));

  test('takes what follows the end of the archive into the diffID', () =>
    staged(async () => {
      const padded = Buffer.concat([base, Buffer.alloc(9216), Buffer.from('and more')]);
      await stage.ingest([padded]);
      expect(await codeOf(stage.snapshotter.ingestLayer({ stack: [diffIDOf(base)], blob: blobOf(padded) }))).toBe(
        'DIFF_ID_MISMATCH',
      );
    }));

  test('removes a layer, and unpacks it anew afterwards', () =>
    staged(async () => {
      const stack = await stage.ingest([base]);
      const key = stage.snapshotter.key(stack) ?? '';
      await stage.snapshotter.remove(key);
      await stage.snapshotter.remove(key);
      expect([stage.snapshotter.has(stack), leftovers(stage)]).toEqual([false, []]);
      await stage.ingest([base]);
      expect(stage.snapshotter.has(stack)).toBe(true);
    }));

  test('takes a folder with a damaged record for no layer: a sweep removes it, an ingest replaces it', () =>
    staged(async () => {
      const stack = await stage.ingest([base]);
      const folder = join(stage.layers, digestHex(diffIDOf(base)));
      for (const damage of ['', '{}', '{"version":1', 'null']) {
        writeFileSync(join(folder, 'layer.json'), damage);
        expect(stage.snapshotter.has(stack)).toBe(false);
        await stage.ingest([base]);
        expect(stage.snapshotter.has(stack)).toBe(true);
      }
      unlinkSync(join(folder, 'layer.json'));
      await stage.snapshotter.sweep();
      expect(existsSync(folder)).toBe(false);
    }));

  test('sweeps what the dead left, and not what the living need', () =>
    staged(async () => {
      const ingest = join(stage.layers, 'ingest');
      mkdirSync(join(ingest, 'a'.repeat(64), 'diff', 'deep'), { recursive: true });
      writeFileSync(join(ingest, `${'a'.repeat(64)}.lock`), '');
      mkdirSync(join(ingest, `${'b'.repeat(64)}.0123.removed`));
      const controller = new AbortController();
      const stack = [diffIDOf(base), diffIDOf(dependent)];
      const living = stage.snapshotter.ingestLayer({ stack, blob: blobOf(dependent), signal: controller.signal });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await stage.snapshotter.sweep();
      const key = digestHex(chainIDs(stack)[1] ?? diffIDOf(base));
      expect(leftovers(stage).sort()).toEqual([key, `${key}.lock`].sort());
      controller.abort();
      await codeOf(living);
      expect(leftovers(stage)).toEqual([]);
    }));

  test('verifies a tree against its blob: each kind of damage is found and named', () =>
    staged(async () => {
      const tar = rawTar([
        { name: 'd', type: '5' },
        ...['content', 'mode', 'owner', 'mtime', 'missing', 'size'].map((name) => ({
          name: `d/${name}`,
          content: 'abc',
        })),
        { name: 'd/link', type: '2', linkname: 'x' },
      ]);
      const stack = await stage.ingest([tar]);
      const damaged = async () => {
        const found: string[] = [];
        for await (const finding of stage.snapshotter.verify({ stack, blob: blobOf(tar) })) {
          found.push(
            finding.kind === 'different' ? `${finding.difference.path} ${finding.difference.what}` : finding.kind,
          );
        }
        return found.sort();
      };
      expect(await damaged()).toEqual([]);
      const { chmodSync, chownSync, utimesSync } = await import('node:fs');
      const tree = join(stage.snapshotter.lowerdirs(stack)?.[0] ?? '', 'd');
      const { mtimeMs } = lstatSync(tree);
      writeFileSync(join(tree, 'content'), 'abd');
      utimesSync(join(tree, 'content'), 1_704_067_200, 1_704_067_200);
      chmodSync(join(tree, 'mode'), 0o600);
      chownSync(join(tree, 'owner'), 1, 0);
      utimesSync(join(tree, 'mtime'), 1, 1);
      unlinkSync(join(tree, 'missing'));
      writeFileSync(join(tree, 'size'), '');
      writeFileSync(join(tree, 'new'), '');
      utimesSync(tree, mtimeMs / 1000, mtimeMs / 1000);
      expect(await damaged()).toEqual(
        [
          '/d/content content',
          '/d/missing missing',
          '/d/mode mode',
          '/d/mtime mtime',
          '/d/new unexpected',
          '/d/owner owner',
          '/d/size size',
        ].sort(),
      );
      expect(leftovers(stage)).toEqual([]);
      rmSync(join(stage.layers, digestHex(diffIDOf(tar))), { recursive: true });
      expect(await damaged()).toEqual(['missing']);
    }));

  describe('killed while it unpacks', () => {
    let program: Bundle;
    beforeAll(async () => {
      program = await bundle(join(import.meta.dirname, 'ingest-program.ts'));
    });
    afterAll(() => program?.remove());

    test('leaves either a whole layer or none, and nothing that the next ingest or a sweep does not remove', () =>
      staged(async () => {
        const stack = [diffIDOf(large)];
        writeFileSync(join(stage.folder, 'blob'), gzipSync(large, { level: 1 }));
        /** Killed once it has told its progress so many times. */
        const run = (lines: number) =>
          new Promise<void>((resolve, reject) => {
            const child = spawn(process.execPath, [program.path, stage.layers, join(stage.folder, 'blob'), ...stack], {
              stdio: ['ignore', 'pipe', 'inherit'],
            });
            let told = 0;
            child.stdout.setEncoding('latin1').on('data', (text: string) => {
              told += text.split('\n').length - 1;
              if (told >= lines) child.kill('SIGKILL');
            });
            child.once('error', reject).once('close', () => resolve());
          });
        let [killedAtWork, killedBefore] = [0, 0];
        for (let round = 0; round < 12; round++) {
          await run(round * round);
          const { snapshotter } = stage;
          if (!snapshotter.has(stack)) killedBefore++;
          if (leftovers(stage).length > 0) killedAtWork++;
          if (round % 2 === 1) await snapshotter.sweep();
          else await snapshotter.ingestLayer({ stack, blob: blobOf(large) });
          const key = snapshotter.key(stack);
          if (key !== undefined) {
            expect(await differences(stage, stack)).toEqual([]);
            await snapshotter.remove(key);
          }
          await snapshotter.sweep();
          expect(leftovers(stage)).toEqual([]);
        }
        expect(killedAtWork).toBeGreaterThan(0);
        expect(killedBefore).toBeGreaterThan(0);
      }));

    test('many processes unpack one layer once, though some of them are killed', () =>
      staged(async () => {
        const stack = [diffIDOf(large)];
        writeFileSync(join(stage.folder, 'blob'), gzipSync(large, { level: 1 }));
        const children = Array.from({ length: 6 }, (_, at) => {
          const child = spawn(process.execPath, [program.path, stage.layers, join(stage.folder, 'blob'), ...stack], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          child.stdout.resume();
          // Whoever is at work goes, and one of those who wait takes over.
          if (at < 3) child.stdout.once('data', () => child.kill('SIGKILL'));
          return new Promise<number | null>((resolve) => child.once('close', resolve));
        });
        const codes = await Promise.all(children);
        expect(codes.slice(3)).toEqual([0, 0, 0]);
        expect(await differences(stage, stack)).toEqual([]);
        await stage.snapshotter.sweep();
        expect(leftovers(stage)).toEqual([]);
      }));
  });
});
