/** Why a command could not be executed, told from what each execve(2) and each look at its file returned. */
import { GockerError } from '../../errors/index.ts';
import type { Process } from '../../oci/index.ts';
import { errnoName, type PlayedCall, type TapeError } from '../../syscall/index.ts';

interface Candidate {
  readonly path: string;
  /** Name of execve's error; undefined where it was not tried. */
  readonly error: string | undefined;
  readonly exists: boolean;
  readonly isDirectory: boolean;
}

/** What is the matter, in words, with the cure. */
interface Finding {
  readonly code: 'COMMAND_NOT_FOUND' | 'COMMAND_NOT_EXECUTABLE';
  readonly is: string;
  readonly hint: string;
}

/** `COMMAND_NOT_FOUND` (docker's exit code 127) or `COMMAND_NOT_EXECUTABLE` (126), whose cause is the failed call. */
export function commandFailure(process: Process, calls: readonly PlayedCall[], cause: TapeError): GockerError {
  const [command = ''] = process.args;
  const candidates = candidatesIn(calls);
  // execvp(3): a file that may not be executed says more than directories that have none.
  const telling =
    candidates.find(({ error, isDirectory }) => error !== undefined && !isAbsent(error) && !isDirectory) ??
    candidates.find(({ exists }) => exists);
  const { code, is, hint } = telling === undefined ? notFound(command) : judge(telling, cause);
  return new GockerError(code, `cannot execute ${JSON.stringify(command)}: ${is}`, { hint, cause });
}

function candidatesIn(calls: readonly PlayedCall[]): Candidate[] {
  const resultOf = (name: string, path: string, position: number) =>
    calls.find(({ call }) => call.call === name && call.args[position] === path)?.result;
  const paths = calls.filter(({ call }) => call.call === 'execve').map(({ call }) => String(call.args[0]));
  return paths.map((path) => {
    const result = resultOf('execve', path, 0);
    return {
      path,
      error: result === undefined || result >= 0 ? undefined : errnoName(-result),
      exists: resultOf('faccessat', path, 1) === 0,
      isDirectory: (resultOf('openat', path, 1) ?? -1) >= 0,
    };
  });
}

function notFound(command: string): Finding {
  const is = command.includes('/') ? 'there is no such file in the image' : 'no directory of PATH has it';
  return {
    code: 'COMMAND_NOT_FOUND',
    is,
    hint: 'See what the image has: its shell may be /bin/sh, or it may have none.',
  };
}

function judge({ path, error = '', isDirectory }: Candidate, cause: TapeError): Finding {
  const code = 'COMMAND_NOT_EXECUTABLE';
  if (isDirectory) return { code, is: `"${path}" is a directory`, hint: 'Name a program, or a script within it.' };
  if (isAbsent(error)) {
    return {
      code: 'COMMAND_NOT_FOUND',
      is: `"${path}" is there, but not the interpreter that it names`,
      hint: 'The image lacks what its first line (#!) or its ELF header asks for, such as /bin/bash or the loader of glibc; a script with Windows line ends asks for a name that ends in a carriage return.',
    };
  }
  if (error === 'EACCES') {
    return {
      code,
      is: `"${path}" may not be executed`,
      hint: `Make it executable in the image (chmod +x ${path}), or look for "noexec" among its mounts.`,
    };
  }
  if (error === 'ENOEXEC') {
    return {
      code,
      is: `"${path}" is no program of this machine`,
      hint: 'Its image may be for another platform (--platform), or a script lacks its first line (#!/bin/sh).',
    };
  }
  return { code, is: `"${path}" = ${error}`, hint: cause.hint ?? 'See execve(2), ERRORS.' };
}

function isAbsent(error: string): boolean {
  return error === 'ENOENT' || error === 'ENOTDIR';
}
