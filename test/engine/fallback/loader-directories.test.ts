import { expect, test } from 'vitest';
import { loaderDirectories } from '../../../src/engine/fallback/loader-directories.ts';
import { makeSysroot } from './sysroot.ts';

const GLIBC = '/lib64/ld-linux-x86-64.so.2';

test('ld.so.conf: comments, types, hwcap lines and doubles are left out, includes come in order of their names', () => {
  const root = makeSysroot({
    '/etc/ld.so.conf':
      '# first\n/opt/first  # why\ninclude ld.so.conf.d/*.conf\n/opt/last=libc6\nrelative/lib\nhwcap 1 x\n',
    '/etc/ld.so.conf.d/b.conf': '/opt/b\n/opt/first\n',
    '/etc/ld.so.conf.d/a.conf': '/opt/a',
    '/etc/ld.so.conf.d/c.config': '/opt/no',
    '/etc/ld.so.conf.d/.hidden.conf': '/opt/no',
  });
  expect(loaderDirectories(root, GLIBC).configured).toEqual(['/opt/first', '/opt/a', '/opt/b', '/opt/last']);
});

test('ld.so.conf that includes itself comes to an end', () => {
  const root = makeSysroot({ '/etc/ld.so.conf': '/opt/lib\ninclude /etc/*.conf\ninclude /nowhere/[x\n' });
  expect(loaderDirectories(root, GLIBC).configured).toEqual(['/opt/lib']);
});

test('the loader’s place tells its own directories: Debian’s multiarch, Fedora’s lib64, a store of packages', () => {
  const builtIn = (files: Readonly<Record<string, string>>, interpreter = GLIBC) =>
    loaderDirectories(makeSysroot(files), interpreter).builtIn;
  const debian = {
    '/lib64': '-> usr/lib64',
    '/lib': '-> usr/lib',
    '/usr/lib64/ld-linux-x86-64.so.2': `-> /lib/x86_64-linux-gnu/ld.so`,
  };
  expect(builtIn({ ...debian, '/usr/lib/x86_64-linux-gnu/ld.so': 'x' }).slice(0, 2)).toEqual([
    '/lib/x86_64-linux-gnu',
    '/usr/lib/x86_64-linux-gnu',
  ]);
  expect(builtIn({ [GLIBC]: 'x' })).toEqual(['/lib64', '/usr/lib64', '/lib', '/usr/lib']);
  expect(builtIn({ '/store/glibc/lib/ld.so': 'x' }, '/store/glibc/lib/ld.so')[0]).toBe('/store/glibc/lib');
});

test('musl looks in its path file, else in three directories of its own', () => {
  const musl = '/lib/ld-musl-aarch64.so.1';
  expect(loaderDirectories(makeSysroot({ '/lib/x': '' }), musl)).toEqual({
    configured: [],
    builtIn: ['/lib', '/usr/local/lib', '/usr/lib'],
  });
  const root = makeSysroot({ '/etc/ld-musl-aarch64.path': '/a:/b\n/c\n' });
  expect(loaderDirectories(root, musl).configured).toEqual(['/a', '/b', '/c']);
});
