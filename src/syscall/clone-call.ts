/** clone3(2) as a call that can be printed, that begins a tape, and that may stand within one (with `forks`). */
import { CLONE } from './constants/process.ts';
import { type BufferArgument, buffer, type KernelCall } from './kernel-call.ts';

export type CloneFlag = keyof typeof CLONE;

/** Offsets in `struct clone_args`, clone(2) §"The clone3() system call": 64-bit words. */
export const CLONE_ARGS = { flags: 0, pidfd: 8, exitSignal: 32, cgroup: 80, size: 88 } as const;

const SIGCHLD = 17;

export interface CloneCall extends KernelCall {
  readonly args: readonly [BufferArgument, number];
}

/**
 * @param names the namespaces to make, and how
 * @param cgroup descriptor of the cgroup to be born in, which wants CLONE_INTO_CGROUP
 */
export function cloneCall(names: readonly CloneFlag[], why: string, cgroup?: number): CloneCall {
  return { call: 'clone3', args: [cloneArgs(names, cgroup), CLONE_ARGS.size], why };
}

function cloneArgs(names: readonly CloneFlag[], cgroup: number | undefined): BufferArgument {
  // A sibling dies with its parent's own exit signal, and the kernel wants none named: clone(2) §EINVAL.
  const exitSignal = names.includes('CLONE_PARENT') ? 0 : SIGCHLD;
  const bits = names.reduce((sum, name) => sum + CLONE[name], 0);
  const bytes = new Uint8Array(CLONE_ARGS.size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(CLONE_ARGS.flags, BigInt(bits), true);
  view.setBigUint64(CLONE_ARGS.exitSignal, BigInt(exitSignal), true);
  if (cgroup !== undefined) view.setBigUint64(CLONE_ARGS.cgroup, BigInt(cgroup), true);

  const text = [`flags=${names.join('|') || '0'}`, `exit_signal=${exitSignal === 0 ? '0' : 'SIGCHLD'}`];
  if (cgroup !== undefined) text.push(`cgroup=${cgroup}`);
  return buffer(`{${text.join(', ')}}`, bytes);
}
