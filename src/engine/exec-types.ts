/** What the engine gives out of processes in running containers: those that have joined, and all that there are. */
import type { Readable, Writable } from 'node:stream';
import type { ConsoleSize, ContainerExit, OutputDescriptors } from './types.ts';

export type ExecExit = Pick<ContainerExit, 'exitCode' | 'signal'>;

/** A process that has joined a container. Disposing of it kills it and waits for its end. */
export interface Exec extends AsyncDisposable {
  /** 64 hex digits. */
  readonly id: string;
  /** On the host. */
  readonly pid: number;
  /** Undefined unless `interactive`. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** In place of reading stdout and stderr: copies them to descriptors of this process, until both end. */
  copyOutput(to: OutputDescriptors): Promise<void>;
  /** @param signal `SIGTERM`, `TERM` or a number; nothing happens where it has ended */
  kill(signal: string | number): void;
  /** Only with `tty`. */
  resize(size: ConsoleSize): void;
  /** Resolves once it has ended. What it wrote last may still be unread. */
  wait(): Promise<ExecExit>;
}

export interface DetachedExec {
  /** 64 hex digits. */
  readonly id: string;
  /** On the host; undefined where it has ended already. */
  readonly pid?: number;
}

export interface ContainerProcesses {
  /** As ps(1) has them: `UID`, `PID`, `CMD`. */
  readonly titles: readonly string[];
  /** For each process as many cells as there are titles. */
  readonly processes: readonly (readonly string[])[];
}
