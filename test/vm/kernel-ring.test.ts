/**
 * What needs the kernel, on kernels that users have: stock Debian, where cgroup v2 is alone and nobody manages it. Which ones:
 * GOCKER_VM_KERNELS, `6.1 6.12` unless given; the short run has fewer files.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleRing, type Ring } from './ring/bundle-ring.ts';
import { hasVm, isShort, retry, runInVm } from './vm.ts';

const kernels = (process.env.GOCKER_VM_KERNELS ?? '6.1 6.12').split(/[ ,]+/);
const tests = isShort
  ? ['command', 'container', 'stdio'].map((name) => `test/kernel/runtime/${name}.test.ts`)
  : // Not what reads a whole machine's programs or trees: emulated, that takes minutes and makes no other kernel calls.
    [
      'test/kernel/runtime',
      'test/kernel/namespaces',
      'test/kernel/cgroups',
      'test/kernel/privileges',
      'test/kernel/seccomp',
      'test/kernel/syscall',
      'test/kernel/store',
      'test/e2e/run.test.ts',
    ];
const limit = 1_200_000;
/** Emulated, Linux 6.12 dies of its own code being patched (int3 in __alloc_pages) while another CPU runs it. */
const cpusFor = (kernel: string) => (kernel === '6.1' ? 2 : 1);

let ring: Ring;
beforeAll(async () => {
  if (hasVm) ring = await bundleRing(tests, ['test/kernel/attacks']);
});
afterAll(() => ring?.remove());

test.skipIf(!hasVm).each(kernels)(
  'the kernel ring passes on Linux %s with cgroup v2 alone',
  { timeout: limit + 10_000, retry },
  async (kernel) => {
    const { status, stdout } = await runInVm(ring.command, { kernel, cpus: cpusFor(kernel), seconds: limit / 1000 });
    console.log(stdout);
    expect(status).toBe(0);
    // A ring that skips itself would say nothing.
    expect(stdout.match(/ [1-9]\d* passed, 0 failed, 0 skipped/g)).toHaveLength(ring.files);
  },
);
