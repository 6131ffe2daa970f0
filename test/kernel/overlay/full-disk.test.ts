import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawTar } from '../../overlay/raw-tar.ts';
import { type Bundle, bundle } from '../../support/bundle.ts';
import { diffIDOf, isRoot, memory, Stage } from './stack.ts';

interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Everything below the layers' folder afterwards. */
  readonly left: readonly string[];
}

describe.skipIf(!isRoot)('a full disk (needs root)', () => {
  let program: Bundle;
  beforeAll(async () => {
    program = await bundle(join(import.meta.dirname, 'outcome-program.ts'));
  });
  afterAll(() => program?.remove());

  /** Ingests a layer on a filesystem of its own, which goes with its mount namespace. */
  function ingest(tar: Buffer, options: string): Outcome & { readonly mount: string } {
    const stage = new Stage(memory);
    try {
      const mount = join(stage.folder, 'small');
      mkdirSync(mount);
      writeFileSync(join(stage.folder, 'blob'), gzipSync(tar));
      const script = 'mount -t tmpfs -o "$0" tmpfs "$1" && exec "$2" "$3" "$1/layers" "$4" "$5"';
      const args = [options, mount, process.execPath, program.path, join(stage.folder, 'blob'), diffIDOf(tar)];
      const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, ...args], { encoding: 'utf8' });
      if (stdout === '') throw new Error(stderr);
      return { ...(JSON.parse(stdout) as Outcome), mount };
    } finally {
      stage[Symbol.dispose]();
    }
  }

  test('a bomb that fills it is told by name, with the mount and the need, and is gone', () => {
    const bomb = rawTar([
      { name: 'small', content: 'x' },
      { name: 'bomb', content: Buffer.alloc(20 << 20) },
    ]);
    const { code, message, hint, left, mount } = ingest(bomb, 'size=4m');
    expect(code).toBe('DISK_FULL');
    expect(message).toContain('cannot unpack "bomb"');
    expect(message).toContain(`left on "${mount}"`);
    expect(message).toContain(`${20 << 20} bytes for this entry`);
    expect(hint).toContain('--root');
    expect(left).toEqual(['ingest']);
  });

  test('a filesystem without inodes is told from one without space', () => {
    const many = rawTar(Array.from({ length: 300 }, (_, at) => ({ name: `f${at}` })));
    const { code, message, left } = ingest(many, 'size=4m,nr_inodes=100');
    expect(code).toBe('DISK_FULL');
    expect(message).toContain('no inode left');
    expect(left).toEqual(['ingest']);
  });
});
