/**
 * Who a container runs as is the user's choice and never the image's trick: CVE-2026-30892 (crun took 1 for 0), CVE-2024-40635
 * (containerd wrapped large ids to 0), CVE-2016-3697 (docker took a number for an account's name), CVE-2022-36109.
 */
import { lstatSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { attacked, attackTest, canary, image, type Options, refusal, sh } from './box.ts';

/** `uid gid groups` of a container's process. */
async function identity(options: Options): Promise<string> {
  try {
    return await sh('echo $(id -u) $(id -g) $(grep Groups /proc/self/status | cut -f 2)', options);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `${error}`;
  }
}

const words: readonly (readonly [user: string, expected: string])[] = [
  ['1', '1 1 1 2 3'],
  ['0', '0 0 0 1 2 3 4 6 10 11 20 26 27'],
  [':5', '0 5 5'],
  ['1:0', '1 0 0'],
  ['1234', '1234 0 0'],
  ['1234:99', '1234 99 99'],
  ['nobody', '65534 65534 65534'],
  ['4294967295', 'USER_INVALID'],
  ['4294967296', 'USER_INVALID'],
  ['4294967297', 'USER_INVALID'],
  ['2147483648', 'USER_INVALID'],
  ['18446744073709551616', 'USER_INVALID'],
  ['1:4294967296', 'USER_INVALID'],
  ['-1', 'USER_INVALID'],
  ['0x0', 'USER_INVALID'],
  ['1e3', 'USER_NOT_FOUND'],
  [' 0', 'USER_NOT_FOUND'],
  ['0:', '0 0 0 1 2 3 4 6 10 11 20 26 27'],
  ['1:2:3', 'USER_INVALID'],
];

attackTest('a user that was asked for is exactly that user, or the container does not start', async () => {
  for (const [user, expected] of words) expect([user, await identity({ user })]).toEqual([user, expected]);
});

attackTest('so is the one that an image’s config asks for', async () => {
  for (const [User, expected] of words) {
    if (!/^(?:1234|429|-1|0x)/.test(User)) continue;
    expect([User, await identity({ image: await image([], { User }) })]).toEqual([User, expected]);
  }
});

attackTest('an account whose name is a number gives nobody its id', async () => {
  const passwd = '1000:x:0:0:trick:/root:/bin/sh\n4294967296:x:0:0::/:/bin/sh\n-1:x:0:0::/:/bin/sh\n';
  const options = { image: await image([{ name: 'etc/passwd', content: passwd }]) };
  expect(await identity({ ...options, user: '1000' })).toBe('1000 0 0');
  for (const user of ['4294967296', '-1']) expect(await identity({ ...options, user })).toBe('USER_INVALID');
});

attackTest('ids in an image’s passwd and group that wrap around to 0 are refused', async () => {
  const passwd = 'a:x:4294967296:0::/:/bin/sh\nb:x:-4294967296:0::/:/bin/sh\nc:x::0::/:/bin/sh\nd:x:7:4294967296::/:\n';
  const group = 'big:x:4294967296:\nmany:x:4294967296:e\n';
  const hostile = await image([
    { name: 'etc/passwd', content: `${passwd}e:x:8:8::/:\n` },
    { name: 'etc/group', content: group },
  ]);
  for (const user of ['a', 'b', 'c', 'd', 'e', '7:big']) {
    expect([user, await refusal({ image: hostile, user })]).toEqual([user, 'USER_INVALID']);
  }
});

attackTest('a group that is added is exactly that group', async () => {
  const hostile = await image([{ name: 'etc/group', content: 'wraps:x:4294967296:\n7:x:0:\nfine:x:77:\n' }]);
  for (const [group, expected] of [
    ['77', '1234 0 0 77'],
    ['fine', '1234 0 0 77'],
    ['7', '1234 0 0 7'],
    ['wraps', /^[A-Z_]+$/],
    ['4294967296', /^[A-Z_]+$/],
    ['-1', /^[A-Z_]+$/],
  ] as const) {
    const found = await identity({ image: hostile, user: '1234', groupAdd: [group] });
    expect([group, found]).toEqual([group, typeof expected === 'string' ? expected : expect.stringMatching(expected)]);
  }
});

attackTest('a passwd that is a link is followed within the image alone', async () => {
  const { directory, sings } = await canary();
  for (const linkname of ['/proc/self/environ', `../../../../../..${directory}/canary`, '/dev/zero', '/etc/passwd']) {
    const hostile = await image([{ name: 'etc/passwd', type: 'symlink', linkname }]);
    expect([linkname, await refusal({ image: hostile, user: 'root' })]).toEqual([
      linkname,
      expect.stringMatching(/^(USER_NOT_FOUND|LINK_LOOP)$/),
    ]);
  }
  sings();
});

attackTest('a passwd that is a FIFO or a device holds nobody up', async () => {
  for (const entry of [
    { name: 'etc/passwd', type: 'fifo' },
    { name: 'etc/passwd', type: 'character-device', devmajor: 1, devminor: 5 },
  ] as const) {
    expect(await refusal({ image: await image([entry]), user: 'root' })).toBe('USER_NOT_FOUND');
  }
});

attackTest('a passwd or group of a gigabyte is not read', async () => {
  const { host } = await attacked();
  for (const name of ['passwd', 'group']) {
    const hostile = await image([{ name: `etc/${name}`, content: `big ${name}` }]);
    await refusal({ image: hostile });
    growFile(join(host.root, 'layers'), name);
    const before = process.memoryUsage().rss;
    expect(await refusal({ image: hostile, user: 'root' })).toBe('FILE_TOO_LARGE');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  }
});

attackTest(
  'an account in more groups than the kernel takes is refused, and tens of thousands of lines are read',
  async () => {
    const lines = (count: number, line: (at: number) => string) =>
      Array.from({ length: count }, (_, at) => line(at)).join('');
    const passwd = `${lines(50_000, (at) => `user${at}:x:${at + 1000}:${at + 1000}::/:\n`)}last:x:7:7::/:\n`;
    const group = lines(70_000, (at) => `group${at}:x:${at + 1}:last\n`);
    const hostile = await image([
      { name: 'etc/passwd', content: passwd },
      { name: 'etc/group', content: group },
    ]);
    expect(await refusal({ image: hostile, user: 'last' })).toBe('USER_INVALID');
    expect(await identity({ image: hostile, user: 'last:7' })).toBe('7 7 7');
  },
);

attackTest(
  'the group itself is among the supplementary ones, so that dropping it escapes no ban (CVE-2022-36109)',
  async () => {
    const script = 'mkdir /shared; echo secret > /shared/file; chgrp -R 99 /shared; chmod 0705 /shared; ls /shared';
    expect(await sh(script)).toBe('file');
    for (const user of ['1234:99', '1:99', '0:99']) {
      expect(await sh('grep Groups /proc/self/status | grep -c -w 99', { user })).toBe('1');
    }
  },
);

/** Makes the file of that name in the one layer that has our text in it a gigabyte, without taking as much of the disk. */
function growFile(layers: string, name: string): void {
  const paths = readdirSync(layers).map((layer) => join(layers, layer, 'diff/etc', name));
  const ours = paths.filter((path) => lstatSync(path, { throwIfNoEntry: false })?.size === 'big '.length + name.length);
  expect(ours).toHaveLength(1);
  for (const path of ours) truncateSync(path, 2 ** 30);
}
