/** Why nothing was copied, in docker's words. */
import { GockerError } from '../../errors/index.ts';

/** One side of a copy, as it is shown: `web:/etc`, `./etc`. */
export type Shown = string;

export function refusedCopy(
  { from, to }: { readonly from: Shown; readonly to: Shown },
  refused: 'cannot copy directory' | 'no such directory',
): GockerError {
  const over = refused === 'cannot copy directory';
  return new GockerError(
    over ? 'COPY_CONFLICT' : 'DIRECTORY_MISSING',
    `cannot copy "${from}" to "${to}": ${refused} (expected ${over ? 'a directory there, or nothing' : 'it to be there'})`,
    {
      hint: over
        ? 'Name a directory, or a path where there is nothing.'
        : 'Make it first, or leave out the "/" at the end.',
    },
  );
}

export function notInContainer(container: string, path: string): GockerError {
  const absolute = path.startsWith('/') ? path : `/${path}`;
  return new GockerError(
    'FILE_NOT_FOUND',
    `cannot copy "${container}:${path}": could not find the file ${absolute} in container ${container}`,
    { hint: 'Paths begin at the root of the container, and cp makes no directories above them.' },
  );
}

export function notOnHost(path: string): GockerError {
  return new GockerError('FILE_NOT_FOUND', `cannot copy "${path}": no such file or directory`, {
    hint: 'A path before the first ":" is a container; begin one of this machine with "/" or "./".',
  });
}

export function noDirectoryOnHost(path: string, directory: string): GockerError {
  return new GockerError(
    'DIRECTORY_MISSING',
    `cannot copy to "${path}": invalid output path: directory "${directory}" does not exist`,
    { hint: 'Make it first: cp makes no directories above its destination.' },
  );
}

export function readOnly(shown: Shown, what: 'rootfs' | 'volume'): GockerError {
  const is = what === 'rootfs' ? 'container rootfs is marked read-only' : 'mounted volume is marked read-only';
  return new GockerError('READ_ONLY', `cannot copy to "${shown}": ${is}`, {
    hint: 'Copy to a volume that can be written, or to where the host has it.',
  });
}

export function notDirectory(shown: Shown): GockerError {
  return new GockerError('NOT_A_DIRECTORY', `cannot unpack: destination "${shown}" must be a directory`, {
    hint: 'A tar is unpacked into a directory that is there.',
  });
}

/** What is wrong with a tar is known in the words for layers. */
export function notAnArchive(error: unknown): unknown {
  if (!(error instanceof GockerError) || !error.code.startsWith('LAYER_')) return error;
  const what = error.message.replace(/^cannot [^:]*: /, '');
  return new GockerError('ARCHIVE_INVALID', `cannot unpack the tar: ${what}`, {
    cause: error,
    hint: 'See whether "tar t" can read it; a compressed one is to be decompressed first.',
  });
}
