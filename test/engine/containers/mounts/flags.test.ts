/** The texts after --mount, -v, --tmpfs and --volumes-from, and what docker 28.5.2 says of each. */
import { expect, test } from 'vitest';
import { parseMount } from '../../../../src/engine/containers/spec/mounts/mount-flag.ts';
import { parseTmpfs } from '../../../../src/engine/containers/spec/mounts/tmpfs-flag.ts';
import { checkTmpfsOptions } from '../../../../src/engine/containers/spec/mounts/tmpfs-options.ts';
import { parseVolume } from '../../../../src/engine/containers/spec/mounts/volume-flag.ts';
import { parseVolumesFrom } from '../../../../src/engine/containers/spec/mounts/volumes-from.ts';

const mount = (text: string) => parseMount(text, '/here');
const volume = (text: string) => parseVolume(text, '/here');

test.each([
  ['target=/x', { type: 'volume', name: '', anonymous: true, destination: '/x', access: 'rw', copy: true }],
  ['type=volume,src=data,dst=/x/,ro', { name: 'data', anonymous: false, destination: '/x', access: 'ro' }],
  ['type=volume,source=data,target=/x,volume-nocopy', { copy: false }],
  ['type=volume,source=data,target=/x,volume-nocopy=false', { copy: true }],
  ['type=volume,source=data,target=/x,volume-subpath=a/./b/', { subpath: 'a/b' }],
  ['type=volume,source=data,target=/x,volume-label=a=b,volume-label=c', { labels: { a: 'b', c: '' } }],
  [
    'type=volume,source=data,target=/x,volume-driver=local,volume-opt=type=none,"volume-opt=o=bind,ro"',
    { driver: 'local', driverOptions: { type: 'none', o: 'bind,ro' } },
  ],
  ['TYPE=bind,Source=/s,Target=/x', { type: 'bind', source: '/s', access: 'rw', recursive: true, makeSource: false }],
  ['type=BIND,source=/s,target=/x,readonly', { type: 'bind', access: 'ro', propagation: 'rprivate' }],
  ['type=bind,source=./s,destination=/x,ro=1', { source: '/here/s', access: 'ro' }],
  ['type=bind,source=/s,target=/x,readonly=false', { access: 'rw' }],
  ['type=bind,source=/s,target=/x,bind-nonrecursive', { recursive: false }],
  ['type=bind,source=/s,target=/x,bind-recursive=disabled,ro', { recursive: false, access: 'ro' }],
  ['type=bind,source=/s,target=/x,bind-recursive=writable,ro', { recursive: true, access: 'ro-shallow' }],
  [
    'type=bind,source=/s,target=/x,ro,bind-recursive=readonly,bind-propagation=rprivate',
    { recursive: true, access: 'ro' },
  ],
  ['type=bind,source=/s,target=/x,bind-propagation=rslave,consistency=cached', { propagation: 'rslave' }],
  ['type=bind,"source=/a,b",target=/x', { source: '/a,b' }],
  ['type=bind,source=/s,target=/x,idmap', { idmap: true }],
  [
    'type=tmpfs,target=/x,tmpfs-size=1.5m,tmpfs-mode=1770',
    { type: 'tmpfs', options: ['noexec', 'nosuid', 'nodev', 'size=1572864', 'mode=1770'], byTmpfs: false },
  ],
  ['type=image,source=alpine:3,target=/x', { type: 'image', image: 'alpine:3', access: 'ro' }],
  ['type=image,source=alpine,target=/x,image-subpath=usr/lib', { subpath: 'usr/lib' }],
])('--mount %s', (text, point) => {
  expect(mount(text)).toMatchObject(point);
});

test.each([
  ['', 'EOF'],
  ['type=tmpfs', 'target is required'],
  ['type=bind,foo', "invalid field 'foo' must be a key=value pair"],
  ['foo=1,target=/x', "unexpected key 'foo' in 'foo=1'"],
  ['type=bind,source=/s, target=/x', "unexpected key ' target' in ' target=/x'"],
  ['type=foo,target=/x', 'mount type "foo" unknown'],
  ['type=bind,target=/x', 'field source must not be empty'],
  ['type=bind,source=s,target=/x', "invalid mount path: 's'"],
  ['type=bind,source=/s,target=x', "invalid mount path: 'x' mount path must be absolute"],
  ['type=bind,source=/s,target=/', "invalid specification: destination can't be '/'"],
  ['type=bind,source=/s,target=/x/..', "invalid specification: destination can't be '/'"],
  ['type=bind,source=/s,target=/x,volume-nocopy', "cannot mix 'volume-*' options with mount type 'bind'"],
  ['type=volume,target=/x,bind-propagation=shared', "cannot mix 'bind-*' options with mount type 'volume'"],
  ['type=bind,source=/s,target=/x,image-subpath=s', "cannot mix 'image-*' options with mount type 'bind'"],
  ['type=bind,source=/s,target=/x,tmpfs-size=1m', "cannot mix 'tmpfs-*' options with mount type 'bind'"],
  ['type=bind,source=/s,target=/x,bind-recursive=writable', "option 'bind-recursive=writable' requires 'readonly'"],
  [
    'type=bind,source=/s,target=/x,bind-recursive=readonly,readonly',
    "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate'",
  ],
  ['type=bind,source=/s,target=/x,bind-recursive=x', 'invalid value for bind-recursive: x (must be "enabled"'],
  ['type=bind,source=/s,target=/x,readonly=maybe', 'invalid value for readonly: maybe'],
  ['type=bind,source=/s,target=/x,bind-propagation=foo', 'invalid propagation mode: foo'],
  ['type=tmpfs,target=/x,tmpfs-size=abc', 'invalid value for tmpfs-size: abc'],
  ['type=tmpfs,target=/x,tmpfs-mode=9', 'invalid value for tmpfs-mode: 9'],
  ['type=tmpfs,target=/x,source=/y', 'field source must not be specified'],
  ['type=tmpfs,target=/x,tmpfs-size=1000000g', "is more than this machine's memory (expected at most"],
  ['type=volume,source=data,target=/x,volume-subpath=/abs', 'subpath "/abs" leads out'],
  ['type=volume,source=data,target=/x,volume-subpath=a/../../b', 'subpath "a/../../b" leads out'],
  ['type=volume,source=data,target=/x,volume-subpath=', 'subpath "" leads out'],
  ['type=image,target=/x', 'field source must not be empty'],
  ['type=image,source=a,target=/x,readonly=false', 'a mounted image can only be read'],
  ['type=bind,"source=/s', 'extraneous or missing " in quoted-field'],
])('--mount %j is refused: %s', (text, message) => {
  const refused = () => mount(text);
  expect(refused).toThrow(message);
  expect(refused).toThrow(`invalid argument ${JSON.stringify(text)} for "--mount"`);
});

test.each([
  ['/x', { type: 'volume', name: '', destination: '/x', mode: '' }],
  ['/a:/b', { type: 'bind', source: '/a', destination: '/b', access: 'rw', propagation: 'rprivate', makeSource: true }],
  ['/a:/b:ro', { access: 'ro', mode: 'ro' }],
  ['/a:/b/:ro,Z,rslave', { destination: '/b', access: 'ro', propagation: 'rslave', mode: 'ro,Z,rslave' }],
  ['/a:/b:bind', { recursive: false }],
  ['.:/b', { type: 'bind', source: '/here' }],
  ['../a:/b', { source: '/a' }],
  ['a:/b', null],
  ['data:/b', { type: 'volume', name: 'data', anonymous: false, mode: 'z', copy: true }],
  ['data:/b:nocopy,ro', { copy: false, access: 'ro', mode: 'nocopy,ro' }],
])('-v %s', (text, point) => {
  if (point === null) expect(() => volume(text)).toThrow('volume name is too short');
  else expect(volume(text)).toMatchObject(point);
});

test.each([
  ['', 'invalid empty volume spec'],
  [':/x', 'empty section between colons'],
  ['/a::ro', 'empty section between colons'],
  ['/a:/x:', 'empty section between colons'],
  ['/a:/b:c:d', 'too many colons'],
  ['/a:/b:zz', 'invalid mode: zz'],
  ['/a:/b:rro', 'invalid mode: rro'],
  ['/a:/b:ro,rw', 'invalid mode: ro,rw'],
  ['/a:/b:shared,private', 'invalid mode: shared,private'],
  ['/a:/b:nocopy', 'nocopy is for volumes'],
  ['data:/b:shared', 'shared is for binds'],
  ['/a:b', "invalid mount path: 'b' mount path must be absolute"],
  ['/a:/', "destination can't be '/'"],
  ['/', "destination can't be '/'"],
  ['/x:ro', "invalid mount path: 'ro' mount path must be absolute"],
])('-v %j is refused: %s', (text, message) => {
  expect(() => volume(text)).toThrow(message);
});

test.each(['a/b:/x', '.a:/x', '-a:/x', 'éa:/x', 'a b:/x', `${'n'.repeat(201)}:/x`])(
  'the name in -v %s is refused, with a hint at paths',
  (text) => {
    expect(() => volume(text)).toThrow(/invalid characters for a local volume name|is not a path/);
  },
);

test('--tmpfs has docker’s defaults, and options that are known', () => {
  expect(parseTmpfs('/t')).toMatchObject({ destination: '/t', options: ['noexec', 'nosuid', 'nodev'] });
  expect(parseTmpfs('/t:exec,size=50%,mode=1777').options).toEqual([
    'nosuid',
    'nodev',
    'exec',
    'size=50%',
    'mode=1777',
  ]);
  expect(parseTmpfs('/t:ro').access).toBe('ro');
});

test.each([
  ['t', "invalid mount path: 't'"],
  ['/', "destination can't be '/'"],
  ['/t:foo', 'invalid tmpfs option "foo"'],
  ['/t:bind', 'invalid tmpfs option "bind"'],
  ['/t:size', 'invalid tmpfs option "size"'],
  ['/t:size=abc', 'invalid value for size: abc'],
  ['/t:size=-1', 'invalid value for size: -1'],
  ['/t:mode=9', 'invalid value for mode: 9'],
  ['/t:uid=a', 'invalid value for uid: a'],
  ['/t:size=1000000g', 'size 1000000g is more than this machine'],
  ['/t:size=101%', 'size 101% is more than this machine'],
])('--tmpfs %j is refused: %s', (text, message) => {
  expect(() => parseTmpfs(text)).toThrow(message);
});

test('a tmpfs may be as large as the memory, and not a byte more', () => {
  const check = (size: string) => () =>
    checkTmpfsOptions([`size=${size}`], { flag: '--tmpfs', value: '/t', memory: 2 ** 30 });
  for (const size of ['1g', '1024m', '100%', '1073741824']) expect(check(size)).not.toThrow();
  for (const size of ['2g', '1025M', '1073741825']) expect(check(size)).toThrow('expected at most 1024m');
});

test('--volumes-from takes a container and how', () => {
  expect(parseVolumesFrom('web')).toEqual({ container: 'web', readonly: false });
  expect(parseVolumesFrom('web:ro,z')).toEqual({ container: 'web', readonly: true });
  for (const text of ['web:xx', 'web:ro:b', 'web:ro,rw']) expect(() => parseVolumesFrom(text)).toThrow('invalid mode');
  expect(() => parseVolumesFrom('')).toThrow('cannot be an empty string');
});
