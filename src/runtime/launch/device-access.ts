/** What keeps containers of this machine from its devices, and what is done where the kernel refuses the best of it. */
import { cloneAndPlay, type KernelCall, SyscallError } from '../../syscall/index.ts';
import { cgroupHierarchies } from '../cgroups/hierarchies.ts';
import { loadFilter } from '../plan/device-filter.ts';
import type { DeviceAccess } from '../plan/input.ts';
import { defaultDeviceRules } from '../spec/device-rules.ts';

/** bpf(2)'s error, once it was met: a container within a container may not, and some kernels are built without. */
let refusal: string | undefined;

export function wantedDeviceAccess(): DeviceAccess {
  const { unified, v1 } = cgroupHierarchies();
  if (unified !== undefined && refusal === undefined) return 'bpf';
  return v1.has('devices') ? 'v1' : 'none';
}

/** The same once the kernel has been asked, by a child that loads a filter and ends. */
export async function tryDeviceAccess(): Promise<DeviceAccess> {
  if (wantedDeviceAccess() === 'bpf') {
    const exit: KernelCall = { call: 'exit_group', args: [0], why: 'the answer is all that was wanted' };
    const child = cloneAndPlay([loadFilter(defaultDeviceRules), exit]);
    const outcome = await child.settled();
    await child.exited();
    if (outcome.kind === 'stopped') isFilterRefused(outcome.error);
  }
  return wantedDeviceAccess();
}

/** Whether a launch that failed so is to be tried again, for which wantedDeviceAccess() then gives another answer. */
export function isFilterRefused(error: unknown): boolean {
  if (!(error instanceof SyscallError) || error.syscall !== 'bpf' || refusal !== undefined) return false;
  refusal = error.errnoName;
  return true;
}

export function unfilteredDevices(reason: string | undefined): string {
  const cause = reason ?? (refusal === undefined ? 'there is no controller for it' : `bpf() = ${refusal}`);
  return `nothing can watch which devices the container uses, and so it may make no device nodes: ${cause}`;
}
