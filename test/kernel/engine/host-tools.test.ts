import { execFileSync, spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalImage, makeHostToolsImage } from '../../../src/engine/fallback/index.ts';
import { readElf } from '../../../src/engine/fallback/shared-libraries.ts';

const unprivileged = process.getuid?.() !== 0;
const alpine = join(import.meta.dirname, '../../../../shared/alpine-minirootfs-3.20.3-x86_64.tar.gz');

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'gocker-host-tools-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function unpack(image: LocalImage): Promise<string> {
  const root = temporaryDirectory();
  const tar = spawn('tar', ['-x', '--numeric-owner', '-f', '-', '-C', root], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => tar.on('close', resolve));
  await pipeline(image.openLayer(0), tar.stdin);
  expect(await ended).toBe(0);
  return root;
}

function inside(root: string, script: string): string {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  return execFileSync('chroot', [root, '/bin/sh', '-c', script], { encoding: 'utf8', env });
}

test.skipIf(unprivileged)('this machine’s programs run in the rootfs made of them (skipped without root)', async () => {
  const root = await unpack(await makeHostToolsImage({ path: process.env.PATH }));
  const lines = inside(root, 'ls / | wc -l; id; uname; whoami; cat /etc/os-release; stat -c %a /tmp /root').split('\n');
  expect(Number(lines[0])).toBeGreaterThan(10);
  expect(lines.slice(1, 4)).toEqual([expect.stringMatching(/^uid=0\(root\) gid=0\(root\)/), 'Linux', 'root']);
  expect(lines).toContain('ID=gocker-host-tools');
  expect(lines.slice(-3)).toEqual(['1777', '700', '']);
});

test.skipIf(unprivileged)('the loader finds every library of each program (skipped without root)', async () => {
  const root = await unpack(await makeHostToolsImage({ path: process.env.PATH }));
  const programs = readdirSync(join(root, 'usr/bin')).filter((name) => {
    const path = join(root, 'usr/bin', name);
    return lstatSync(path).isFile() && readElf(path)?.interpreter !== undefined;
  });
  expect(programs.length).toBeGreaterThan(20);
  // The loader then lists what it loads, and the program does not run: ld.so(8).
  for (const name of programs) {
    const text = execFileSync('chroot', [root, '/usr/bin/env', '-i', 'LD_TRACE_LOADED_OBJECTS=1', `/usr/bin/${name}`], {
      encoding: 'utf8',
    });
    expect({ name, text }).toEqual({ name, text: expect.not.stringContaining('not found') });
  }
});

test.skipIf(unprivileged || !existsSync(alpine) || process.arch !== 'x64')(
  'a musl machine with one program of many names works too (skipped without root or the Alpine tarball)',
  async () => {
    const machine = temporaryDirectory();
    execFileSync('tar', ['-xzf', alpine, '-C', machine]);
    const root = await unpack(await makeHostToolsImage({ root: machine }));
    expect(inside(root, 'uname; id -u; ls /bin | wc -l; cat /etc/os-release; busybox | head -1')).toMatch(
      /^Linux\n0\n\d+\nNAME="gocker host tools"\n.*BusyBox/s,
    );
  },
);
