/** Why a process could not join a container: the working directory and the terminal, which are the container's to bring. */
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import { TapeError } from '../../syscall/index.ts';
import { nullDevice } from '../plan/devices.ts';
import { workingDirectory } from '../plan/join.ts';

const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EACCES: 'permission denied',
  ELOOP: 'a link of /proc, which may lead out of the container, or too many symbolic links',
};

/** @returns undefined where it was something else */
export function joinFailure({ process }: Spec, error: unknown): GockerError | undefined {
  if (!(error instanceof TapeError)) return undefined;
  const { call } = error;
  if (call.result === workingDirectory) {
    const is = meanings[error.code] ?? error.code;
    const message = `cannot start in ${JSON.stringify(process.cwd)}: ${is} (expected a directory of the container)`;
    return new GockerError('WORKDIR_UNUSABLE', message, {
      cause: error,
      hint: 'Make it first, or name another one with -w.',
    });
  }
  if (call.result === nullDevice) return missing('/dev/null', 'a null device to read from', error);
  const isTerminal = process.terminal === true && ['openat2', 'ioctl'].includes(call.call);
  return isTerminal ? missing('/dev/pts', 'a devpts to make a terminal in', error) : undefined;
}

function missing(path: string, expected: string, cause: TapeError): GockerError {
  const message = `cannot use ${path} of the container: ${meanings[cause.code] ?? cause.code} (expected ${expected})`;
  return new GockerError('DEVICE_UNUSABLE', message, {
    cause,
    hint: 'The container has removed or replaced it: start it again, or leave its /dev alone.',
  });
}
