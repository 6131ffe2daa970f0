/** The namespaces that a container shares with others, held open across its start: namespaces(7) §"The /proc/pid/ns/ directory". */
import { closeSync, openSync } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import { joinedNamespaces } from '../plan/namespaces.ts';
import { type ProcessIdentity, startTimeOf } from './process-identity.ts';

export class JoinedNamespaces {
  readonly #open = new Map<string, number>();

  /**
   * Opens each path of the spec's namespaces, and then looks whether `processes`, which the paths speak of, are still who they
   * were: a pid that came round again meanwhile would be somebody else's.
   *
   * @throws GockerError `NAMESPACE_GONE`
   */
  constructor(spec: Spec, processes: readonly ProcessIdentity[] = []) {
    try {
      for (const { name, path } of joinedNamespaces(spec)) this.#open.set(name, open(name, path));
      for (const { pid, startTime } of processes) {
        if (startTimeOf(pid) !== startTime) throw gone(`process ${pid}`, 'it has ended');
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** By their names in the plan. */
  get given(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#open);
  }

  /** Once the clone has them. Idempotent. */
  close(): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }
}

function open(name: string, path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be opened';
    throw gone(`the ${name} "${path}"`, code, cause);
  }
}

function gone(what: string, is: string, cause?: unknown): GockerError {
  return new GockerError('NAMESPACE_GONE', `cannot share namespaces with ${what}: ${is}`, {
    hint: 'The container that it belongs to must be running: see "gocker ps".',
    cause,
  });
}
