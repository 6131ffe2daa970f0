/** What the tests of monitors share: a container under one, its log, and its end. */
import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  killProcess,
  type LaunchOptions,
  launchMonitored,
  type MonitorOptions,
  type ProcessIdentity,
  readExit,
} from '../../../../src/runtime/index.ts';
import { pidfdGetfd, pidfdOpen } from '../../../../src/syscall/index.ts';
import { overlay, type SpecChanges, scratch, specOf } from '../alpine.ts';

export interface MonitoredChanges extends SpecChanges, Partial<Omit<LaunchOptions, 'spec'>> {
  readonly monitor?: Partial<MonitorOptions>;
}

/** A container's directory, with what a monitor does there. */
export function monitorOptions(directory = scratch('container')): MonitorOptions & { readonly directory: string } {
  return {
    directory,
    name: 'tested',
    log: { path: join(directory, 'log') },
    exit: join(directory, 'exit'),
    successor: { when: join(directory, 'successor'), file: '/bin/sh', argv: ['sh'], env: [] },
  };
}

export async function start(args: readonly string[], changes: MonitoredChanges = {}) {
  const { monitor: changed, process, mounts, network, linux, root, ...launch } = changes;
  const monitor = { ...monitorOptions(), ...changed };
  const { directory } = monitor;
  const spec = specOf(args, {
    ...(process && { process }),
    ...(mounts && { mounts }),
    ...(network && { network }),
    ...(linux && { linux }),
    ...(root && { root }),
  });
  const container = await launchMonitored({ rootfs: overlay(), stdin: 'null', ...launch, spec, monitor });
  started.push(container);
  return { container, directory, spec, monitor };
}

const started: ProcessIdentity[] = [];

// A test that fails leaves its container, which would outlive us.
afterAll(() => {
  for (const container of started) killProcess(container, 'SIGKILL');
});

/** Waits for a condition that has no event of its own. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`it never came to be: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Whether it has ended, waited for or not. It may go at any moment: before its file is opened (ENOENT) or read (ESRCH). */
export function isGone(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return true;
    throw error;
  }
}

/** A copy of one of the monitor's descriptors. */
export function borrow(monitor: number, fd: number | undefined): number {
  const pidfd = pidfdOpen(monitor);
  try {
    return pidfdGetfd(pidfd, fd ?? -1);
  } finally {
    closeSync(pidfd);
  }
}

/** Runs it under a monitor to the end of both. */
export async function runMonitored(args: readonly string[], changes: MonitoredChanges = {}) {
  const started = await start(args, changes);
  await started.container.release();
  const { pid } = started.container.monitor;
  await until(() => isGone(pid), 'the end of the monitor');
  return { ...started, exit: readExit(started.monitor.exit), records: recordsOf(started.monitor.log.path) };
}

export interface LogRecord {
  readonly stream: number;
  readonly seconds: number;
  readonly data: Buffer;
}

/** @throws Error where the log is not a row of whole records */
export function recordsOf(path: string): LogRecord[] {
  const log = readFileSync(path);
  const records: LogRecord[] = [];
  for (let at = 0; at < log.length; ) {
    const length = log.readUInt32LE(at + 16);
    const data = log.subarray(at + 24, at + 24 + length);
    const end = at + 24 + length;
    if (log.readUInt32LE(end) !== length || log.readUInt32LE(end + 4) !== 0x67_6f_63_6b)
      throw new Error(`torn at ${at}`);
    records.push({ stream: log.readUInt32LE(at + 20), seconds: Number(log.readBigInt64LE(at)), data });
    at = end + 8;
  }
  return records;
}

export function textOf(records: readonly LogRecord[], stream: number): string {
  return Buffer.concat(records.filter((one) => one.stream === stream).map(({ data }) => data)).toString();
}
