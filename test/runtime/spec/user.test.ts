import { expect, test } from 'vitest';
import { userFromFiles, withGroups } from '../../../src/runtime/spec/user.ts';

const passwd = `root:x:0:0:root:/root:/bin/sh
# a comment
daemon:x:2:2:daemon:/sbin:/sbin/nologin
app:x:1000:1001:An app:/home/app:/bin/sh
homeless:x:1002:1002:::
7zip:x:1003:1003::/:/bin/sh
1000x:x:0:0::/:/bin/sh
1234:x:0:0:a name in digits:/root:/bin/sh
`;
const group = `root:x:0:root
audio:x:29:app, daemon
video:x:44:app
app:x:1001:
5555:x:0:
`;

const find = (user: string) => userFromFiles(user, passwd, group);

test('userFromFiles() takes nothing for uid 0, with the groups that list root', () => {
  expect(find('')).toEqual({ uid: 0, gid: 0, additionalGids: [0], home: '/root' });
});

test('userFromFiles() finds an account by name, with its group, home and supplementary groups', () => {
  expect(find('app')).toEqual({ uid: 1000, gid: 1001, additionalGids: [29, 44], home: '/home/app' });
});

test('userFromFiles() finds the same account by its uid', () => {
  expect(find('1000')).toEqual(find('app'));
});

test('userFromFiles() gives a uid without an account gid 0, no groups and the home /', () => {
  expect(find('4242')).toEqual({ uid: 4242, gid: 0, additionalGids: [], home: '/' });
});

test('userFromFiles() takes a named or numeric group in place of the account’s, and then no supplementary ones', () => {
  expect(find('app:video')).toEqual({ uid: 1000, gid: 44, additionalGids: [], home: '/home/app' });
  expect(find('app:7')).toEqual({ uid: 1000, gid: 7, additionalGids: [], home: '/home/app' });
  expect(find('4242:audio')).toMatchObject({ uid: 4242, gid: 29 });
  expect(find(':44')).toMatchObject({ uid: 0, gid: 44, additionalGids: [] });
});

test('userFromFiles() takes digits for an id even where an account or group is named so (CVE-2016-3697)', () => {
  expect(find('1234')).toMatchObject({ uid: 1234, gid: 0, home: '/' });
  expect(find('app:5555')).toMatchObject({ gid: 5555 });
});

test('userFromFiles() knows names that begin with a digit', () => {
  expect(find('7zip')).toMatchObject({ uid: 1003 });
});

test('userFromFiles() gives an account without a home /', () => {
  expect(find('homeless').home).toBe('/');
  expect(userFromFiles('x', 'x:x:1:1::../../etc:/bin/sh', '').home).toBe('/');
});

test('userFromFiles() takes the largest id and refuses the next (CVE-2024-40635)', () => {
  expect(find('2147483647:2147483647')).toMatchObject({ uid: 2147483647, gid: 2147483647 });
  expect(() => find('2147483648')).toThrow(/"2147483648" is no id \(expected 0 to 2147483647, in decimal\)/);
});

test.each([
  '4294967295',
  '4294967296',
  '-1',
  '+0',
  '0x0',
  '0X10',
  '99999999999999999999',
  '1.0',
  ':-1',
  'app:4294967295',
])('userFromFiles(%j) is no id', (user) => {
  expect(() => find(user)).toThrow(expect.objectContaining({ code: 'USER_INVALID' }));
});

test.each([':', 'app:', '0:'])('userFromFiles(%j) takes no group after the colon for none, as docker does', (user) => {
  expect(find(user)).toEqual(find(user.slice(0, -1)));
});

test('withGroups() adds groups by number and by the image’s names, each once', () => {
  const user = { uid: 5, gid: 6, additionalGids: [6, 7], home: '/' };
  const group = 'audio:x:18:\nodd:x:zero:\n';
  expect(withGroups(user, ['7', 'audio', '18', '99'], group)).toEqual({ ...user, additionalGids: [6, 7, 18, 99] });
  for (const wrong of ['4294967296', '-1', 'odd']) {
    expect(() => withGroups(user, [wrong], group)).toThrow(expect.objectContaining({ code: 'GROUP_INVALID' }));
  }
  for (const missing of ['nope', '']) {
    expect(() => withGroups(user, [missing], group)).toThrow(expect.objectContaining({ code: 'GROUP_NOT_FOUND' }));
  }
  expect(() => withGroups(user, ['nope'], group)).toThrow('invalid argument "nope" for "--group-add"');
});

test.each(['a:b:c', 'app\0', 'app\nroot:x:0:0'])('userFromFiles(%j) is not of the form', (user) => {
  expect(() => find(user)).toThrow(/not of the form/);
});

test('userFromFiles() names the account or group that is not there', () => {
  expect(() => find('nobody')).toThrow(expect.objectContaining({ code: 'USER_NOT_FOUND' }));
  expect(() => find('app:staff')).toThrow(expect.objectContaining({ code: 'GROUP_NOT_FOUND' }));
  expect(() => userFromFiles('app', '', '')).toThrow(/\/etc\/passwd has no "app"/);
});

test.each(['', '-1', '4294967295', '4294967296', '0x0', ' 0', '1e1', 'zero'])(
  'userFromFiles() refuses an account whose uid or gid is %j rather than run it as some other',
  (id) => {
    const invalid = expect.objectContaining({ code: 'USER_INVALID' });
    expect(() => userFromFiles('evil', `evil:x:${id}:5::/:/bin/sh`, '')).toThrow(invalid);
    expect(() => userFromFiles('evil', `evil:x:5:${id}::/:/bin/sh`, '')).toThrow(invalid);
    expect(() => userFromFiles('5', `evil:x:5:${id}::/:/bin/sh`, '')).toThrow(invalid);
    expect(() => userFromFiles('a', 'a:x:5:5::/:/bin/sh', `g:x:${id}:a`)).toThrow(invalid);
  },
);

test('userFromFiles() does not take a line with a broken uid for uid 0', () => {
  expect(userFromFiles('0', 'evil:x::1000::/evil:/bin/sh\nroot:x:0:0::/root:/bin/sh', '')).toMatchObject({
    gid: 0,
    home: '/root',
  });
});

test('userFromFiles() reads files with odd ends: CRLF, no newline, a million members', () => {
  expect(userFromFiles('a', 'a:x:5:6::/home/a\r\n', 'g:x:7:a')).toEqual({
    uid: 5,
    gid: 6,
    additionalGids: [7],
    home: '/home/a',
  });
  const members = Array.from({ length: 100_000 }, (_, index) => `m${index}`).join(',');
  expect(userFromFiles('a', 'a:x:5:6::/home/a:/bin/sh', `g:x:7:${members},a`).additionalGids).toEqual([7]);
});

test('userFromFiles() refuses an account in more groups than setgroups(2) takes', () => {
  const many = Array.from({ length: 65_537 }, (_, index) => `g${index}:x:${index}:a`).join('\n');
  expect(() => userFromFiles('a', 'a:x:5:6::/:/bin/sh', many)).toThrow(/65537 groups/);
});
