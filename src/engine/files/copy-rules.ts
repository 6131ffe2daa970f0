/** docker's rules for what cp makes of its two paths: its manual, "Description", and what it does. Pure. */

/** What is to be copied. */
export interface CopyWhat {
  readonly isDirectory: boolean;
  /** The path ended in "/.": what the directory holds, and not itself. */
  readonly contents: boolean;
}

/** Where it is to go: a path that may lead somewhere. */
export interface CopyWhere {
  readonly exists: 'directory' | 'other' | undefined;
  /** The path ends in "/" or "/.", and so speaks of a directory. */
  readonly saysDirectory: boolean;
}

export type CopyRule =
  /** Into the directory, under its own name; of contents, under their names. */
  | { readonly into: 'destination' }
  /** In the place, or instead, of what the path leads to. */
  | { readonly into: 'parent' }
  /** In docker's words. */
  | { readonly refused: 'cannot copy directory' | 'no such directory' };

export function copyRule({ isDirectory }: CopyWhat, { exists, saysDirectory }: CopyWhere): CopyRule {
  if (exists === 'directory') return { into: 'destination' };
  if (exists === 'other' && isDirectory) return { refused: 'cannot copy directory' };
  // One that is missing is made only for a directory to become it.
  if (saysDirectory && !isDirectory) return { refused: 'no such directory' };
  return { into: 'parent' };
}

/** Whether a path can only be that of a directory, path_resolution(7). */
export function saysDirectory(path: string): boolean {
  return /(?:^|\/)\.?$/.test(path) && path !== '';
}

/** Whether it means what the directory holds. */
export function saysContents(path: string): boolean {
  return /(?:^|\/)\.$/.test(path) || /^\/*$/.test(path);
}
