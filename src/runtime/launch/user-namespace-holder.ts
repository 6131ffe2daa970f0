/**
 * A process that does nothing but hold a new user namespace, and those that are born with it, until the container's own first
 * process is in them. It dies with gocker, as all children of tapes do.
 */
import { closeSync, constants, openSync } from 'node:fs';
import type { Spec } from '../../oci/index.ts';
import { birth, cloneAndPlay, type PlayedCall, type TapeChild, waitAtGate } from '../../syscall/index.ts';
import { inherited } from '../plan/input.ts';
import { holderFlags } from '../plan/user-namespace.ts';

export class UserNamespaceHolder {
  readonly #child: TapeChild;
  readonly #played: PlayedCall;
  #directory: number | undefined;

  private constructor(child: TapeChild, played: PlayedCall) {
    this.#child = child;
    this.#played = played;
  }

  /** @returns undefined where the spec makes no user namespace @throws SyscallError */
  static make(spec: Spec): UserNamespaceHolder | undefined {
    const namespaces = holderFlags(spec);
    if (namespaces === undefined) return undefined;
    const child = cloneAndPlay(waitAtGate(), { namespaces });
    const played = { call: birth({ namespaces }), result: child.pid, nanoseconds: child.cloneNanoseconds };
    return new UserNamespaceHolder(child, played);
  }

  /** By their names in the plan. @throws Error EMFILE */
  get given(): Readonly<Record<string, number>> {
    // While its child has not been waited for, its pid is nobody else's.
    this.#directory ??= openSync(`/proc/${this.#child.pid}`, constants.O_DIRECTORY | constants.O_RDONLY);
    return { [inherited.holder]: this.#directory, [inherited.holderProcess]: this.#child.pidfd };
  }

  /** A process in the new network namespace. */
  get process(): { readonly pid: number; readonly pidfd: number } {
    return { pid: this.#child.pid, pidfd: this.#child.pidfd };
  }

  /** The clone, for `--explain`. */
  get played(): PlayedCall {
    return this.#played;
  }

  /** Once the container's first process is in its namespaces, or nobody will be. Idempotent. */
  async release(): Promise<void> {
    if (this.#directory !== undefined) closeSync(this.#directory);
    this.#directory = undefined;
    this.#child.kill('SIGKILL');
    await this.#child.exited();
  }
}
