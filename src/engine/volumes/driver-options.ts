/**
 * What `volume create -o` may say. Of docker's local driver, which hands type, device and o to mount(2), gocker has the kind
 * that people use: a directory of the host under a name (`type=none,o=bind,device=/srv/data`).
 */
import { GockerError } from '../../errors/index.ts';

const attributes = new Set([
  'ro',
  'rw',
  'nosuid',
  'nodev',
  'noexec',
  'noatime',
  'nodiratime',
  'relatime',
  'nosymfollow',
]);

export interface VolumeSource {
  /** A directory of the host; undefined for a volume that has its own. */
  readonly device: string | undefined;
  /** Words for the mount. */
  readonly options: readonly string[];
}

/** @throws GockerError `VOLUME_OPTION_INVALID` */
export function readDriverOptions(name: string, options: Readonly<Record<string, string>>): VolumeSource {
  const fail = (why: string, expected: string) =>
    new GockerError('VOLUME_OPTION_INVALID', `cannot create volume "${name}": ${why} (expected ${expected})`);
  const unknown = Object.keys(options).find((key) => !['type', 'o', 'device'].includes(key));
  if (unknown !== undefined) throw fail(`invalid option: "${unknown}"`, 'type, o or device');
  const { type = '', o = '', device = '' } = options;
  if (type === '' && o === '' && device === '') return { device: undefined, options: [] };
  if (device === '') throw fail('missing required option: "device"', 'device=/directory');
  const words = o.split(',').filter((word) => word !== '');
  const binds = words.filter((word) => word === 'bind' || word === 'rbind');
  if (!['', 'none', 'bind'].includes(type) || binds.length === 0) {
    throw fail(`option "type=${type}" with "o=${o}" is not supported`, 'type=none, o=bind and device=/directory');
  }
  if (!device.startsWith('/')) throw fail(`option "device=${device}" is no absolute path`, 'device=/directory');
  const others = words.filter((word) => word !== 'bind' && word !== 'rbind');
  const strange = others.find((word) => !attributes.has(word));
  if (strange !== undefined)
    throw fail(`option "o=${strange}" is not supported`, `bind, rbind, ${[...attributes].join(', ')}`);
  return { device, options: [binds.at(-1) ?? 'bind', ...others] };
}
