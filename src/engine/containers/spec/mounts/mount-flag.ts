/**
 * The text after --mount: comma-separated values, each `key=value` or, for a switch, `key`. docker's keys and rules.
 */
import { posix } from 'node:path';
import { parseCsvRecord } from './csv.ts';
import { checkDestination } from './destination.ts';
import { mountError } from './mount-error.ts';
import { type MountFields, readFields } from './mount-fields.ts';
import type { MountPoint } from './mount-point.ts';
import { withDefaults } from './tmpfs-flag.ts';
import { checkTmpfsOptions } from './tmpfs-options.ts';
import { volumeAt } from './volume-flag.ts';
import { checkVolumeName } from './volume-name.ts';

const flag = '--mount';
const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];

/** @throws GockerError `VOLUME_INVALID`, `VOLUME_NAME_INVALID` */
export function parseMount(value: string, workingDirectory: string): MountPoint {
  const fields = parseMountFields(value);
  const fail = (why: string, expected?: string) => mountError(flag, value, why, expected);
  const type = fields.type ?? 'volume';
  if (fields.target === undefined || fields.target === '') throw fail('target is required', 'target=/path');
  const place = { destination: checkDestination(fields.target, { flag, value }), mode: '' };
  const access = fields.readonly === true ? 'ro' : 'rw';
  switch (type) {
    case 'bind':
      return { type, ...place, ...bindOf(fields, { fail, workingDirectory }) };
    case 'tmpfs': {
      if (fields.source !== undefined) throw fail('field source must not be specified', 'a tmpfs without one');
      const options = [
        ...(fields.tmpfsSize === undefined ? [] : [`size=${fields.tmpfsSize}`]),
        ...(fields.tmpfsMode === undefined ? [] : [`mode=${fields.tmpfsMode.toString(8)}`]),
        ...(access === 'ro' ? ['ro'] : []),
      ];
      checkTmpfsOptions(options, { flag, value });
      return { type, ...place, access, options: withDefaults(options), byTmpfs: false };
    }
    case 'volume': {
      const name = fields.source === undefined || fields.source === '' ? '' : checkVolumeName(fields.source);
      return {
        ...volumeAt(name, place.destination, 'z'),
        access,
        copy: fields.volumeNocopy !== true,
        labels: fields.volumeLabel ?? {},
        driver: fields.volumeDriver ?? 'local',
        driverOptions: fields.volumeOpt ?? {},
        ...(fields.volumeSubpath === undefined ? {} : { subpath: relative(fields.volumeSubpath, fail) }),
      };
    }
    case 'image': {
      if (fields.source === undefined || fields.source === '') throw fail('field source must not be empty', 'an image');
      if (fields.readonly === false) throw fail('a mounted image can only be read', 'readonly, or nothing');
      const subpath = fields.imageSubpath === undefined ? {} : { subpath: relative(fields.imageSubpath, fail) };
      return { type, ...place, access: 'ro', image: fields.source, ...subpath };
    }
    default:
      throw fail(`mount type "${type}" unknown`, 'bind, volume, tmpfs or image');
  }
}

/** The values as they were written, by key; for `inspect` too. @throws GockerError `VOLUME_INVALID` */
export function parseMountFields(value: string): MountFields {
  let fields: MountFields;
  try {
    fields = readFields(parseCsvRecord(value));
  } catch (error) {
    throw mountError(flag, value, error instanceof Error ? error.message : String(error));
  }
  const type = fields.type ?? 'volume';
  for (const kind of ['bind', 'volume', 'image', 'tmpfs'] as const) {
    if (kind !== type && Object.keys(fields).some((key) => key.startsWith(kind))) {
      throw mountError(flag, value, `cannot mix '${kind}-*' options with mount type '${type}'`);
    }
  }
  return fields;
}

function bindOf(
  { source = '', readonly, bindRecursive = 'enabled', bindPropagation = 'rprivate', bindIdmap }: MountFields,
  { fail, workingDirectory }: { fail: (why: string, expected?: string) => Error; workingDirectory: string },
) {
  if (source === '') throw fail('field source must not be empty', 'source=/path');
  const isRelative = /^\.{1,2}(?:\/|$)/.test(source);
  if (!source.startsWith('/') && !isRelative) throw fail(`invalid mount path: '${source}'`, 'an absolute path');
  if (!propagations.includes(bindPropagation)) {
    throw fail(`invalid propagation mode: ${bindPropagation}`, propagations.join(', '));
  }
  if (readonly !== true && (bindRecursive === 'writable' || bindRecursive === 'readonly')) {
    throw fail(`option 'bind-recursive=${bindRecursive}' requires 'readonly' to be specified in conjunction`);
  }
  const access = readonly !== true ? 'rw' : bindRecursive === 'writable' ? 'ro-shallow' : 'ro';
  return {
    source: posix.resolve(workingDirectory, source),
    access,
    recursive: bindRecursive !== 'disabled',
    propagation: bindPropagation,
    makeSource: false,
    ...(bindIdmap === true ? { idmap: true } : {}),
  } as const;
}

function relative(path: string, fail: (why: string, expected?: string) => Error): string {
  const normal = posix.normalize(path).replace(/\/$/, '');
  if (path !== '' && !normal.startsWith('/') && normal !== '..' && !normal.startsWith('../')) return normal;
  throw fail(`subpath "${path}" leads out`, 'a relative path within the source');
}
