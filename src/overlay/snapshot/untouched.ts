/** Whether a container has changed anything at all. */
import { readdirSync } from 'node:fs';
import { metadataOf } from '../unpack/copy-up.ts';

/**
 * True where an upperdir has no entry, and its root the owner, permissions and attributes of the one below it. Times are not
 * compared: nobody sees those of a directory in which nothing is new.
 */
export function isUntouched(upperdir: string, below: string | undefined): boolean {
  if (readdirSync(upperdir, 'buffer').length > 0) return false;
  return below === undefined || described(upperdir) === described(below);
}

function described(directory: string): string {
  const { mode, uid, gid, xattrs } = metadataOf(directory);
  const attributes = [...xattrs].map(([name, value]) => `${name}=${value.toString('hex')}`).sort();
  return [mode, uid, gid, ...attributes].join(' ');
}
