import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { capabilitiesIn, capabilityMask, heldCapabilities } from '../../../src/runtime/index.ts';
import { alpine, rootTest, scratch } from '../runtime/alpine.ts';
import { capabilitySets, type Granted, shell, specWith } from './granted.ts';

const hex = (mask: bigint) => mask.toString(16).padStart(16, '0');
const none = hex(0n);
const docker = 'a80425fb';

rootTest('what is added and dropped is in each set of root, and in no other', async () => {
  const sets = await capabilitySets({ capAdd: ['net_admin'], capDrop: ['CHOWN'] });
  const expected = hex((BigInt(`0x${docker}`) | capabilityMask(['NET_ADMIN'])) & ~capabilityMask(['CHOWN']));
  expect(sets).toEqual({ Inh: none, Prm: expected, Eff: expected, Bnd: expected, Amb: none });
});

rootTest('a user that isn’t root has what is added within reach of setuid programs alone', async () => {
  const sets = await capabilitySets({ capAdd: ['NET_ADMIN'], uid: 1000 });
  const bounding = hex(BigInt(`0x${docker}`) | capabilityMask(['NET_ADMIN']));
  expect(sets).toEqual({ Inh: none, Prm: none, Eff: none, Bnd: bounding, Amb: none });
});

rootTest('a capability that is dropped can’t be used, and one that is added can', async () => {
  const chown = 'chown 1 /etc/motd';
  expect((await shell(chown, {})).exitCode).toBe(0);
  expect((await shell(chown, { capDrop: ['chown'] })).exitCode).toBe(1);
  const interfaceDown = 'ip link set lo down';
  expect((await shell(interfaceDown, {})).exitCode).not.toBe(0);
  expect((await shell(interfaceDown, { capAdd: ['NET_ADMIN'] })).exitCode).toBe(0);
});

rootTest('a privileged container has what gocker has, and is told what that lacks', async () => {
  const held = heldCapabilities();
  const { Prm, Bnd, Inh, Amb } = await capabilitySets({ privileged: true, capDrop: ['ALL'] });
  expect({ Prm, Bnd, Inh, Amb }).toEqual({ Prm: hex(held), Bnd: hex(held), Inh: none, Amb: none });
  const { warnings } = await shell('true', { privileged: true });
  const lacking = capabilitiesIn((2n ** 41n - 1n) & ~held);
  expect(warnings.filter((warning) => warning.includes('does without'))).toHaveLength(lacking.length === 0 ? 0 : 1);
  for (const name of lacking) expect(warnings.join()).toContain(name);
});

/** Not skipped as others are: the ring in the VM wants none skipped. */
const compared: typeof rootTest | (() => void) = which('crun')
  ? rootTest
  : () => console.warn('skipped: a comparison with crun, which is not installed');

compared('the sets are those that crun gives for the same spec', async () => {
  const cases: Granted[] = [
    {},
    { uid: 1000 },
    { capAdd: ['ALL'] },
    { capDrop: ['ALL'], capAdd: ['chown', 'NET_RAW'] },
    { capAdd: ['SYS_PTRACE'], capDrop: ['MKNOD'], uid: 7 },
  ];
  for (const granted of cases) expect([granted, await capabilitySets(granted)]).toEqual([granted, crunSets(granted)]);
});

/** crun will have no hybrid cgroups, ARCHITECTURE: it gets none at all. */
function crunSets(granted: Granted): Record<string, string> {
  const bundle = scratch('bundle');
  const spec = specWith(['grep', '^Cap', '/proc/self/status'], granted);
  const { cgroupsPath, ...linux } = spec.linux;
  const { capabilities = {} } = spec.process;
  const isHeld = (name: string) => (capabilityMask([name]) & heldCapabilities()) !== 0n;
  const cut = Object.fromEntries(Object.entries(capabilities).map(([set, names]) => [set, names.filter(isHeld)]));
  const config = {
    ...spec,
    // Those of Debian know no later one.
    ociVersion: '1.0.2',
    process: { ...spec.process, capabilities: cut },
    root: { path: alpine(), readonly: true },
    mounts: (spec.mounts ?? []).filter(({ type }) => type !== 'cgroup'),
    linux: { ...linux, resources: {} },
  };
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  const id = `gocker-test-${process.pid}-${bundle.replace(/\W/g, '')}`;
  const script = `umount /sys/fs/cgroup/unified 2>/dev/null; exec crun --cgroup-manager=disabled --root "$1" run -b "$2" "$3"`;
  const args = ['-m', 'sh', '-c', script, 'sh', scratch('crun'), bundle, id];
  const text = execFileSync('unshare', args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'inherit'] });
  return Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^Cap/, '').split(/:\s+/)),
  );
}

function which(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
