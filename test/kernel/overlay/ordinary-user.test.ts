import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawEntry, rawTar } from '../../overlay/raw-tar.ts';
import { type Bundle, bundle } from '../../support/bundle.ts';
import { diffIDOf, isRoot, memory, Stage } from './stack.ts';

const nobody = 65_534;

describe.skipIf(!isRoot)('an ordinary user (needs root, to become one)', () => {
  let program: Bundle;
  beforeAll(async () => {
    program = await bundle(join(import.meta.dirname, 'outcome-program.ts'));
    chmodSync(dirname(program.path), 0o755);
  });
  afterAll(() => program?.remove());

  function ingest(entries: readonly RawEntry[]): { code?: string; message?: string; left?: string[] } {
    const stage = new Stage(memory);
    try {
      const tar = rawTar(entries.map((entry) => ({ uid: nobody, gid: nobody, ...entry })));
      writeFileSync(join(stage.folder, 'blob'), tar);
      chownSync(stage.folder, nobody, nobody);
      const identity = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
      const args = [
        ...identity,
        process.execPath,
        program.path,
        stage.layers,
        join(stage.folder, 'blob'),
        diffIDOf(tar),
      ];
      const { stdout, stderr } = spawnSync('setpriv', args, { encoding: 'utf8' });
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout);
    } finally {
      stage[Symbol.dispose]();
    }
  }

  test('unpacks a layer whose files are all theirs', () => {
    const { code, left } = ingest([
      { name: 'd', type: '5' },
      { name: 'd/f', content: 'x' },
      { name: 'd/p', type: '6' },
    ]);
    expect(code).toBe('undefined');
    expect(left).toContain('ingest');
    expect(left?.some((name) => name.endsWith('diff/d/f'))).toBe(true);
  });

  test('is told which device node keeps a layer from being unpacked, and nothing is left of it', () => {
    const { code, message, left } = ingest([
      { name: 'dev', type: '5' },
      { name: 'dev/null', type: '3', device: [1, 3] },
    ]);
    expect(code).toBe('DEVICE_DENIED');
    expect(message).toMatch(/cannot unpack "dev\/null": mknod\(.*, S_IFCHR\|0600, makedev\(1, 3\)\) = EPERM/);
    expect(left).toEqual(['ingest']);
  });
});
