import { expect, test } from 'vitest';
import { resolvePath } from '../../../src/engine/fallback/rooted-path.ts';
import { makeSysroot } from './sysroot.ts';

function resolve(root: string, path: string) {
  const found = resolvePath(root, path);
  return found && { path: found.path, symlinks: Object.fromEntries(found.symlinks) };
}

test('resolvePath() names each symlink that it goes through, by its real place', () => {
  const root = makeSysroot({
    '/bin': '-> usr/bin',
    '/usr/bin/awk': '-> /etc/alternatives/awk',
    '/etc/alternatives/awk': '-> ../../bin/mawk',
    '/usr/bin/mawk': 'x',
  });
  expect(resolve(root, '/bin/awk')).toEqual({
    path: '/usr/bin/mawk',
    symlinks: { '/bin': 'usr/bin', '/usr/bin/awk': '/etc/alternatives/awk', '/etc/alternatives/awk': '../../bin/mawk' },
  });
});

test('resolvePath() never leaves its root: not by absolute links, not by dots', () => {
  const root = makeSysroot({
    '/a': '-> /../../etc/passwd',
    '/b': '-> ../../../../../etc/passwd',
    '/etc/passwd': 'ours',
  });
  for (const path of ['/a', '/b', '/../../etc/passwd']) expect(resolve(root, path)?.path).toBe('/etc/passwd');
});

test('resolvePath() says undefined of what is not there, of a loop and of a path through a file', () => {
  const root = makeSysroot({ '/loop': '-> loop', '/file': 'x', '/dangling': '-> nowhere' });
  for (const path of ['/none', '/none/x', '/loop', '/loop/x', '/file/x', '/file/..', '/dangling']) {
    expect(resolve(root, path)).toBeUndefined();
  }
});

test('resolvePath() follows forty symlinks and no more', () => {
  const chain = (length: number) =>
    Object.fromEntries(Array.from({ length }, (_, n) => [`/l${n}`, n === length - 1 ? '-> end' : `-> l${n + 1}`]));
  expect(resolve(makeSysroot({ ...chain(40), '/end': 'x' }), '/l0')?.path).toBe('/end');
  expect(resolve(makeSysroot({ ...chain(41), '/end': 'x' }), '/l0')).toBeUndefined();
});
