/** The file in which a monitor says how its container ended: siginfo_t, the time, and the kernel's text about memory. */
import { readFileSync } from 'node:fs';
import { signalName } from '../spec/signals.ts';

/** Bytes of its parts, in that order. */
export const exitParts = { siginfo: 128, time: 16, memory: 512 } as const;
export const exitSize = exitParts.siginfo + exitParts.time + exitParts.memory;

/** Offsets in siginfo_t, the same on x86-64 and arm64; and what si_code says of a child that exited by itself. */
const siginfo = { code: 8, status: 24 } as const;
const CLD_EXITED = 1;

export interface MonitoredExit {
  /** The program's own, or 128 + n after signal n. */
  readonly exitCode: number;
  /** `SIGKILL`, where a signal ended it. */
  readonly signal?: string;
  /** The kernel killed one of its processes for more memory than the container may use. */
  readonly oomKilled?: true;
  /** RFC 3339. */
  readonly finished: string;
}

/** @returns undefined where there is none: it runs, or its monitor was killed with it */
export function readExit(path: string): MonitoredExit | undefined {
  const bytes = read(path);
  if (bytes === undefined || bytes.length < exitSize) return undefined;
  const code = bytes.readInt32LE(siginfo.code);
  const status = bytes.readInt32LE(siginfo.status);
  if (code === 0) return undefined;
  const memory = bytes.subarray(exitParts.siginfo + exitParts.time).toString('latin1');
  const kills = Number(/^oom_kill (\d+)$/m.exec(memory)?.[1] ?? 0);
  return {
    ...(code === CLD_EXITED ? { exitCode: status } : { exitCode: 128 + status, signal: signalName(status) }),
    ...(kills > 0 && { oomKilled: true }),
    finished: formatTime(bytes.readBigInt64LE(exitParts.siginfo), bytes.readBigInt64LE(exitParts.siginfo + 8)),
  };
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

function formatTime(seconds: bigint, nanoseconds: bigint): string {
  const [date] = new Date(Number(seconds) * 1000).toISOString().split('.');
  return `${date}.${String(nanoseconds).padStart(9, '0')}Z`;
}
