/**
 * What needs the kernel, on kernels that users have: stock Debian, where cgroup v2 is alone and nobody manages it. Which ones:
 * GOCKER_VM_KERNELS, `6.1 6.12` unless given; the short run has what differs most between cgroup v1 and v2, and no attacks:
 * they take four minutes, and with one CPU eight.
 */
import { expect, test } from 'vitest';
import { bundleRing } from './ring/bundle-ring.ts';
import { hasVm, isShort, retry, runInVm } from './vm.ts';

const kernels = (process.env.GOCKER_VM_KERNELS ?? '6.1 6.12').split(/[ ,]+/);
const attacks = 'test/kernel/attacks';
const confinement = ['test/kernel/cgroups', 'test/kernel/seccomp'];
const limit = 1_200_000;
/** Emulated, Linux 6.12 dies of its own code being patched (int3 in __alloc_pages) while another CPU runs it. */
const cpusFor = (kernel: string) => (kernel === '6.1' ? 2 : 1);

/** Not what reads a whole machine's programs or trees: emulated, that takes minutes and makes no other kernel calls. */
function bundleFor(kernel: string) {
  if (!isShort) {
    const names = ['runtime', 'namespaces', 'privileges', 'syscall', 'store'];
    const folders = names.map((name) => `test/kernel/${name}`);
    return bundleRing([...folders, ...confinement, 'test/e2e/run.test.ts'], [attacks]);
  }
  if (kernel !== '6.1') return bundleRing(['test/kernel/cgroups']);
  const runtime = ['command', 'container', 'monitor/monitor'];
  return bundleRing([...runtime.map((name) => `test/kernel/runtime/${name}.test.ts`), 'test/kernel/cgroups']);
}

test.skipIf(!hasVm).each(kernels)(
  'the kernel ring passes on Linux %s with cgroup v2 alone',
  { timeout: limit + 10_000, retry },
  async (kernel) => {
    const ring = await bundleFor(kernel);
    try {
      const { status, stdout } = await runInVm(ring.command, { kernel, cpus: cpusFor(kernel), seconds: limit / 1000 });
      console.log(stdout);
      expect(status).toBe(0);
      // A ring that skips itself would say nothing.
      expect(stdout.match(/ [1-9]\d* passed, 0 failed, 0 skipped/g)).toHaveLength(ring.files);
    } finally {
      ring.remove();
    }
  },
);
