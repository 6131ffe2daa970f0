/** Where a container's output is kept, and how much of it. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogOptions } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import type { ContainerRecord } from './record.ts';

/** As it was asked for, and what follows from it. */
export interface LoggingRecord {
  readonly driver: 'json-file' | 'local' | 'none';
  readonly options: Readonly<Record<string, string>>;
  /** Bytes. */
  readonly maxSize?: number;
  readonly maxFiles?: number;
}

/** With the driver `none`, what a monitor keeps all the same, for those who attach: as much as fits on a few screens. */
const window = { maxSize: 1024 * 1024, maxFiles: 2 } as const;

/** The log that a start writes. Its folder is there, but for `none`. */
export function logOf(context: EngineContext, { id, logging }: Pick<ContainerRecord, 'id' | 'logging'>): LogOptions {
  if (logging?.driver === 'none') return { path: join(context.directories.run, 'output', id, 'log'), ...window };
  const path = join(context.containers.directory(id), 'log');
  const { maxSize, maxFiles } = logging ?? {};
  return { path, ...(maxSize === undefined ? {} : { maxSize }), ...(maxFiles === undefined ? {} : { maxFiles }) };
}

/** What a log leaves outside of its container's directory. Idempotent. */
export function forgetLog(context: EngineContext, record: Pick<ContainerRecord, 'id' | 'logging'>): void {
  if (record.logging?.driver === 'none') rmSync(dirname(logOf(context, record).path), { recursive: true, force: true });
}

/** docker's keys for `inspect`. It names no path for drivers whose files are nobody else's business. */
export function inspectLogging(context: EngineContext, record: ContainerRecord) {
  const { driver = 'json-file', options = {} } = record.logging ?? {};
  return {
    LogPath: driver === 'json-file' ? logOf(context, record).path : '',
    HostConfig: { LogConfig: { Type: driver, Config: options } },
  };
}
