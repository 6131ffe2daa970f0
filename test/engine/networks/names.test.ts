import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { extraHosts } from '../../../src/engine/networks/extra-hosts.ts';
import { addHost, hostsLine, removeHost } from '../../../src/engine/networks/hosts-file.ts';
import { resolvConf } from '../../../src/engine/networks/resolv-conf.ts';

const folder = mkdtempSync(join(tmpdir(), 'gocker-hosts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = '127.0.0.1\tlocalhost\n';

function hosts(text = base): { path: string; read: () => string } {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, text);
  return { path, read: () => readFileSync(path, 'utf8') };
}

test('a name comes as a line at the end, and once', () => {
  const { path, read } = hosts();
  addHost(path, hostsLine('10.0.0.2', ['web', 'www']));
  addHost(path, hostsLine('10.0.0.2', ['web', 'www']));
  expect(read()).toBe(`${base}10.0.0.2\tweb www\n`);
});

test('a name goes by one byte, in a file that stays the same', () => {
  const { path, read } = hosts();
  const { ino } = statSync(path);
  addHost(path, '10.0.0.2\tweb');
  removeHost(path, '10.0.0.2\tweb');
  removeHost(path, '10.0.0.2\tweb');
  expect(read()).toBe(`${base}#0.0.0.2\tweb\n`);
  expect(statSync(path).ino).toBe(ino);
});

test('the room of a name that has gone is used again, so that the file doesn’t grow', () => {
  const { path, read } = hosts();
  for (let index = 0; index < 100; index++) {
    addHost(path, '10.0.0.2\tweb server');
    removeHost(path, '10.0.0.2\tweb server');
    addHost(path, '10.0.0.3\tdb');
    expect(read()).toBe(`${base}10.0.0.3\tdb        \n`);
    removeHost(path, '10.0.0.3\tdb');
  }
});

test('a comment of the user’s is left alone, and so is what has lost its last newline', () => {
  const { path, read } = hosts('# mine, and longer than what comes\n127.0.0.1\tlocalhost');
  addHost(path, '10.0.0.2\tweb');
  expect(read()).toBe('# mine, and longer than what comes\n127.0.0.1\tlocalhost\n10.0.0.2\tweb\n');
});

test('a file that is gone is no failure', () => {
  addHost(join(folder, 'gone'), '10.0.0.2\tweb');
  removeHost(join(folder, 'gone'), '10.0.0.2\tweb');
});

const facts = { host: '', upstream: '', sharesHost: false };

test.each([
  [
    'the host’s servers',
    {},
    { host: 'nameserver 192.0.2.1\nsearch lan\noptions ndots:1\n' },
    'nameserver 192.0.2.1\nsearch lan\noptions ndots:1\n',
  ],
  [
    'those that are not loopback alone',
    {},
    { host: 'nameserver 127.0.0.1\nnameserver 192.0.2.1\nnameserver ::1\n' },
    'nameserver 192.0.2.1\n',
  ],
  [
    'systemd-resolved’s own',
    {},
    { host: 'nameserver 127.0.0.53\nsearch stub\n', upstream: 'nameserver 192.0.2.7\nsearch lan\n' },
    'nameserver 192.0.2.7\nsearch lan\n',
  ],
  [
    'public ones where there are none',
    {},
    { host: 'nameserver 127.0.0.1\n' },
    'nameserver 8.8.8.8\nnameserver 8.8.4.4\n',
  ],
  [
    'those that are asked for',
    { servers: ['192.0.2.9'] },
    { host: 'nameserver 192.0.2.1\nsearch lan\n' },
    'nameserver 192.0.2.9\nsearch lan\n',
  ],
  [
    'no search where it is "."',
    { search: ['.'] },
    { host: 'nameserver 192.0.2.1\nsearch lan\n' },
    'nameserver 192.0.2.1\n',
  ],
  [
    'the host’s file as it is, on its network',
    {},
    { host: '# all\nnameserver 127.0.0.53\n', sharesHost: true },
    '# all\nnameserver 127.0.0.53\n',
  ],
  [
    'the host’s loopback servers, on its network',
    { search: ['a.b'] },
    { host: 'nameserver 127.0.0.53\n', sharesHost: true },
    'nameserver 127.0.0.53\nsearch a.b\n',
  ],
])('resolvConf() has %s', (_title, wishes, more, expected) => {
  expect(resolvConf(wishes, { ...facts, ...more }).text).toBe(expected);
});

test('resolvConf() says where public servers stand in', () => {
  expect(resolvConf({}, { ...facts, host: 'nameserver 127.0.0.1\n' }).isMakeshift).toBe(true);
  expect(resolvConf({ servers: ['192.0.2.9'] }, facts).isMakeshift).toBe(false);
});

test.each([
  [['db:10.1.2.3'], ['10.1.2.3\tdb']],
  [
    ['db=10.1.2.3', 'six:[fd00::1]', 'six=fd00::2'],
    ['10.1.2.3\tdb', 'fd00::1\tsix', 'fd00::2\tsix'],
  ],
  [['me:host-gateway'], ['172.17.0.1\tme']],
])('extraHosts() reads %j', (texts, lines) => expect(extraHosts(texts, '172.17.0.1')).toEqual(lines));

test.each(['db', 'db:', ':10.1.2.3', 'db:nowhere', 'a b:10.1.2.3'])('extraHosts() refuses "%s"', (text) => {
  expect(() => extraHosts([text], '172.17.0.1')).toThrow('--add-host');
});

test('extraHosts() has no gateway for a container on no network', () => {
  expect(() => extraHosts(['me:host-gateway'], undefined)).toThrow('the container is on no network');
});
