/** A running container: its first process, the streams to it, and what is left to clean up when it ends. */
import type { Readable, Writable } from 'node:stream';
import type { PlayedCall, TapeChild } from '../../syscall/index.ts';
import type { Cgroup } from '../cgroups/cgroup.ts';
import { signalName, signalNumber } from '../spec/signals.ts';
import type { ContainerStreams, OutputDescriptors } from './stdio.ts';

export interface ContainerExit {
  /** The program's own, or 128 + n after signal n. */
  readonly exitCode: number;
  /** `SIGKILL`, where a signal ended it. */
  readonly signal?: string;
  /** The kernel killed one of its processes, not always the first, for more memory than the container may use. */
  readonly oomKilled?: true;
}

export interface Launched {
  readonly child: TapeChild;
  readonly startTime: number;
  readonly cgroup: Cgroup | undefined;
  readonly streams: ContainerStreams;
  readonly calls: readonly PlayedCall[];
  readonly warnings: readonly string[];
}

export class ContainerProcess {
  /** On the host. */
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly startTime: number;
  /** The clone and all calls of the plan, with results; times where they were asked for. */
  readonly calls: readonly PlayedCall[];
  /** What the container does without. */
  readonly warnings: readonly string[];
  readonly #child: TapeChild;
  readonly #streams: ContainerStreams;
  readonly #exited: Promise<ContainerExit>;

  constructor(launched: Launched) {
    const { child, streams } = launched;
    this.pid = child.pid;
    this.startTime = launched.startTime;
    this.calls = launched.calls;
    this.warnings = launched.warnings;
    this.#child = child;
    this.#streams = streams;
    this.#exited = this.#end(launched.cgroup);
    // Whoever asks gets the error; nobody has to ask.
    this.#exited.catch(() => {});
  }

  /** undefined where it is /dev/null. */
  get stdin(): Writable | undefined {
    return this.#streams.stdin;
  }

  get stdout(): Readable {
    return this.#streams.stdout;
  }

  /** Empty where there is a terminal. */
  get stderr(): Readable {
    return this.#streams.stderr;
  }

  /** In place of reading stdout and stderr: copies them to descriptors, until both end. */
  copyOutput(to: OutputDescriptors): Promise<void> {
    return this.#streams.copyOutput(to);
  }

  /** Valid until it has exited, and never the caller's to close. */
  get pidfd(): number {
    return this.#child.pidfd;
  }

  /**
   * @param signal `SIGTERM`, `TERM`, `15`
   * @returns false where it has ended
   * @throws GockerError `SIGNAL_UNKNOWN`
   */
  kill(signal: string | number): boolean {
    return this.#child.kill(signalNumber(signal));
  }

  /** Nothing happens without a terminal, or after the end. */
  resize(size: { readonly rows: number; readonly columns: number }): void {
    this.#streams.terminal?.resize(size);
  }

  /** Resolves once its first process, and with it all others, has ended and its cgroup is gone. Output may still be unread. */
  exited(): Promise<ContainerExit> {
    return this.#exited;
  }

  async #end(cgroup: Cgroup | undefined): Promise<ContainerExit> {
    const status = await this.#child.exited();
    const oom = (cgroup?.oomKills() ?? 0) > 0 ? ({ oomKilled: true } as const) : {};
    await cgroup?.remove();
    await this.#streams.settle();
    if (status.kind === 'exited') return { exitCode: status.exitCode, ...oom };
    return { exitCode: 128 + status.signal, signal: signalName(status.signal), ...oom };
  }
}
