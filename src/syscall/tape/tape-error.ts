/** A tape that stopped: which entry, why it stands there, and what the kernel said. */
import type { KernelCall } from '../kernel-call.ts';
import { SyscallError } from '../syscall-error.ts';

export class TapeError extends SyscallError {
  readonly call: KernelCall;
  /** The entry's place in the plan, from 0. */
  readonly index: number;
  /** Why the entry stands there. */
  readonly why: string;

  constructor(call: KernelCall, index: number, failure: { readonly printed: string; readonly result: number }) {
    const { printed, result } = failure;
    const tooSmall = `${printed} = ${result} (expected at least ${call.atLeast ?? 0})`;
    super(call.call, Math.max(0, -result), result < 0 ? printed : tooSmall);
    this.message += `, entry ${index}: ${call.why}`;
    this.call = call;
    this.index = index;
    this.why = call.why;
  }
}
