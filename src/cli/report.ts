/** How a failure reaches the user: once, with its cure, and as an exit code that docker's users know. */
import { GockerError } from '../errors/index.ts';
import { visibleLines } from './format/text.ts';
import type { Sink } from './sink.ts';
import { UsageError } from './usage-error.ts';

export interface ReportOptions {
  /** Print the chain of causes as well. */
  readonly debug: boolean;
  /** `run`: its own failures are told apart from those of the command in the container. */
  readonly isRun: boolean;
  /** `exec`: the same, but what is our own is 1, as with docker. */
  readonly isExec?: boolean;
}

/** Prints the error. @returns the exit code */
export function reportError(error: unknown, stderr: Sink, options: ReportOptions): number {
  stderr.write(describe(error, options.debug));
  return exitCodeOf(error, options);
}

/** Never empty: `gocker: <message>`, then perhaps `hint: …` and causes, each on its own line. */
export function describe(error: unknown, debug: boolean): string {
  if (!isExpected(error)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `gocker: unexpected failure: ${stack}\nhint: This is a fault in gocker: please report it with the lines above.\n`;
  }
  const hint = error instanceof GockerError ? error.hint : undefined;
  // Messages quote registries and images, which may not steer the user's terminal.
  const lines = [`gocker: ${error.message}`, ...(hint === undefined ? [] : [`hint: ${hint}`])].map(visibleLines);
  if (debug) lines.push(...causesOf(error));
  return `${lines.join('\n')}\n`;
}

/** The command's own, in docker's numbers. */
const codesOfCommand: Readonly<Record<string, number>> = {
  COMMAND_NOT_EXECUTABLE: 126,
  COMMAND_NOT_FOUND: 127,
  WORKDIR_UNUSABLE: 127,
};

/** 125 our error in `run`, 126 can't be invoked, 127 not found; 1 elsewhere, and 125 for flags, as docker. */
export function exitCodeOf(error: unknown, { isRun, isExec = false }: Omit<ReportOptions, 'debug'>): number {
  if (error instanceof UsageError) return error.exitCode;
  const code = isRun || isExec ? codesOfCommand[error instanceof GockerError ? error.code : ''] : undefined;
  return code ?? (isRun ? 125 : 1);
}

/** Failures of the system (a full disk, say) are told by Node with errno and call; all else that is not ours is a fault. */
function isExpected(error: unknown): error is Error {
  return error instanceof GockerError || (error instanceof Error && 'syscall' in error && 'errno' in error);
}

function causesOf(error: Error): string[] {
  const lines = error.stack === undefined ? [] : [error.stack];
  for (let cause = error.cause; cause !== undefined && lines.length < 10; ) {
    lines.push(`cause: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines;
}
