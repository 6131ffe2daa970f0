/**
 * The text after -v:
 *
 *   volume ::= target | source ":" target [":" option {"," option}]
 *   source ::= absolute path | path that begins with "." (from the working directory) | name of a volume
 *   option ::= "ro" | "rw" | "z" | "Z" | "nocopy" | "idmap" | "bind" | "rbind" | "shared" | "slave" | "private" | "rshared" | "rslave" | "rprivate"
 *
 * `z` and `Z` relabel for SELinux, which gocker's containers don't use: they change nothing.
 */
import { posix } from 'node:path';
import { checkDestination } from './destination.ts';
import { mountError } from './mount-error.ts';
import type { BindPoint, VolumePoint } from './mount-point.ts';
import { checkVolumeName } from './volume-name.ts';

const flag = '--volume';
/** Of each group one word at most. */
const groups: Readonly<Record<string, readonly string[]>> = {
  access: ['ro', 'rw'],
  label: ['z', 'Z'],
  copy: ['nocopy'],
  idmap: ['idmap'],
  recursion: ['bind', 'rbind'],
  propagation: ['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'],
};

/** @throws GockerError `VOLUME_INVALID`, `VOLUME_NAME_INVALID` */
export function parseVolume(value: string, workingDirectory: string): BindPoint | VolumePoint {
  if (value === '') throw mountError(flag, value, 'invalid empty volume spec');
  const parts = value.split(':');
  if (parts.includes('')) throw mountError(flag, value, 'empty section between colons', grammar);
  const [first = '', second, mode = ''] = parts;
  if (parts.length > 3) throw mountError(flag, value, 'too many colons', grammar);
  if (second === undefined) return volumeAt('', checkDestination(first, { flag, value }), '');
  const destination = checkDestination(second, { flag, value });
  const chosen = readMode(mode, value);
  return /^(?:\/|\.{1,2}(?:\/|$))/.test(first)
    ? bindAt(posix.resolve(workingDirectory, first), destination, { mode, value, ...chosen })
    : namedAt(first, destination, { mode, value, ...chosen });
}

const grammar = '/target, source:/target or source:/target:options';

interface Mode {
  readonly access?: string;
  readonly copy?: string;
  readonly idmap?: string;
  readonly recursion?: string;
  readonly propagation?: string;
}

function readMode(mode: string, value: string): Mode {
  const chosen: Record<string, string> = {};
  for (const option of mode === '' ? [] : mode.split(',')) {
    const group = Object.keys(groups).find((name) => groups[name]?.includes(option));
    if (group === undefined || chosen[group] !== undefined) {
      throw mountError(
        flag,
        value,
        `invalid mode: ${mode}`,
        `of each at most one: ${Object.values(groups)
          .map((words) => words.join('|'))
          .join(', ')}`,
      );
    }
    chosen[group] = option;
  }
  return chosen;
}

function bindAt(source: string, destination: string, chosen: Mode & { mode: string; value: string }): BindPoint {
  if (chosen.copy !== undefined) {
    throw mountError(flag, chosen.value, 'nocopy is for volumes, and this source is a path', 'a name');
  }
  return {
    type: 'bind',
    source,
    destination,
    access: chosen.access === 'ro' ? 'ro' : 'rw',
    mode: chosen.mode,
    recursive: chosen.recursion !== 'bind',
    propagation: chosen.propagation ?? 'rprivate',
    makeSource: true,
    ...(chosen.idmap === undefined ? {} : { idmap: true }),
  };
}

function namedAt(name: string, destination: string, chosen: Mode & { mode: string; value: string }): VolumePoint {
  if (chosen.propagation !== undefined || chosen.recursion !== undefined) {
    throw mountError(
      flag,
      chosen.value,
      `${chosen.propagation ?? chosen.recursion} is for binds, and "${name}" is a volume`,
      'an absolute path for a source',
    );
  }
  if (chosen.idmap !== undefined) {
    throw mountError(flag, chosen.value, `a volume is idmapped anyway, and "${name}" is one`, 'no "idmap"');
  }
  const volume = volumeAt(checkVolumeName(name), destination, chosen.mode === '' ? 'z' : chosen.mode);
  return { ...volume, access: chosen.access === 'ro' ? 'ro' : 'rw', copy: chosen.copy === undefined };
}

/** @param name empty for one without */
export function volumeAt(name: string, destination: string, mode: string): VolumePoint {
  return {
    type: 'volume',
    name,
    anonymous: name === '',
    destination,
    access: 'rw',
    mode,
    copy: true,
    labels: {},
    driver: 'local',
    driverOptions: {},
  };
}
