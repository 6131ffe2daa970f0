/**
 * The texts after -v and --tmpfs, as mounts.
 *
 *   volume ::= source ":" target [":" option {"," option}]
 *   source ::= absolute path | path that begins with "." (from the working directory)
 *   option ::= "ro" | "rw" | "z" | "Z" | "bind" | "rbind" | "shared" | "slave" | "private" | "rshared" | "rslave" | "rprivate"
 *   tmpfs  ::= target [":" option {"," option}]
 */
import { existsSync, mkdirSync } from 'node:fs';
import { posix } from 'node:path';
import { GockerError } from '../../../errors/index.ts';
import type { Mount } from '../../../oci/index.ts';

const propagations = ['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'];
/** SELinux relabelling and recursion: what they ask for is so already, or does not apply here. */
const harmless = ['z', 'Z', 'bind', 'rbind'];

/** @throws GockerError `VOLUME_INVALID` */
export function parseVolume(text: string, workingDirectory: string): Mount {
  const parts = text.split(':');
  const [source, target, options] = parts;
  if (source === undefined || target === undefined || parts.length > 3) throw invalid(text, 'it is not source:target');
  if (!/^(?:\/|\.{1,2}(?:\/|$))/.test(source)) {
    throw invalid(text, `source "${source}" is not a path`, 'Write a path on this host, such as /srv/data or ./data.');
  }
  const readonly = { ro: true, rw: false };
  let access: 'ro' | 'rw' | undefined;
  let propagation: string | undefined;
  for (const option of options === undefined ? [] : options.split(',')) {
    if (option in readonly && access === undefined) access = option as 'ro' | 'rw';
    else if (propagations.includes(option) && propagation === undefined) propagation = option;
    else if (!harmless.includes(option)) throw invalid(text, `option "${option}" is unknown or contradicts another`);
  }
  return {
    destination: checkTarget(text, target),
    type: 'bind',
    source: posix.resolve(workingDirectory, source),
    // No `rw`: it would make writable what the host has mounted read-only.
    options: ['rbind', ...(access === 'ro' ? ['ro'] : []), propagation ?? 'rprivate'],
  };
}

/** Options of tmpfs(5) are the kernel's to judge. @throws GockerError `VOLUME_INVALID` */
export function parseTmpfs(text: string): Mount {
  const colon = text.indexOf(':');
  const target = colon === -1 ? text : text.slice(0, colon);
  const given =
    colon === -1
      ? []
      : text
          .slice(colon + 1)
          .split(',')
          .filter((option) => option !== '');
  const defaults = ['noexec', 'nosuid', 'nodev'].filter((option) => !given.includes(option.slice(2)));
  return {
    destination: checkTarget(text, target),
    type: 'tmpfs',
    source: 'tmpfs',
    options: [...defaults.filter((option) => !given.includes(option)), ...given],
  };
}

function checkTarget(text: string, target: string): string {
  if (!target.startsWith('/')) throw invalid(text, `target "${target}" is not an absolute path`);
  const path = posix.normalize(target).replace(/(?<=.)\/$/, '');
  if (path === '/') throw invalid(text, 'target is the root directory of the container');
  return path;
}

function invalid(text: string, why: string, hint?: string): GockerError {
  return new GockerError('VOLUME_INVALID', `cannot parse volume "${text}": ${why} (expected /source:/target[:ro])`, {
    hint,
  });
}

/** As docker's -v does: a source that is not there is made, as a directory. @throws Error EEXIST, ENOTDIR, EACCES … */
export function makeBindSources(mounts: readonly Mount[]): void {
  for (const { type, source } of mounts) {
    if (type === 'bind' && source !== undefined && !existsSync(source)) mkdirSync(source, { recursive: true });
  }
}
