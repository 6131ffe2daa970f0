/** What `inspect` tells of a container's mounts, with docker's keys. */
import type { VolumeStore } from '../volumes/volume-store.ts';
import type { ContainerRecord } from './record.ts';
import type { MountFields } from './spec/mounts/mount-fields.ts';
import { parseMountFields } from './spec/mounts/mount-flag.ts';
import type { MountPoint } from './spec/mounts/mount-point.ts';

export function inspectMounts({ mounts = [], mountOptions = {} }: ContainerRecord, store: VolumeStore) {
  const { volumes = [], mounts: given = [], tmpfs = [], volumesFrom = [] } = mountOptions;
  const [anonymous, binds] = [
    volumes.filter((text) => !text.includes(':')),
    volumes.filter((text) => text.includes(':')),
  ];
  return {
    Mounts: mounts.filter((point) => point.type !== 'tmpfs' || !point.byTmpfs).map((point) => mountOf(point, store)),
    /** Of Config. */
    Volumes: anonymous.length === 0 ? null : Object.fromEntries(anonymous.map((path) => [path, {}])),
    HostConfig: {
      Binds: orNull(binds),
      VolumesFrom: orNull(volumesFrom),
      ...(given.length === 0 ? {} : { Mounts: given.map((text) => givenMount(parseMountFields(text))) }),
      ...(tmpfs.length === 0 ? {} : { Tmpfs: Object.fromEntries(tmpfs.map(splitTmpfs)) }),
    },
  };
}

function mountOf(point: MountPoint, store: VolumeStore): Readonly<Record<string, unknown>> {
  const { type: Type, destination: Destination, mode: Mode } = point;
  const rest = { Destination, Mode, RW: point.access === 'rw' };
  switch (point.type) {
    case 'bind':
      return { Type, Source: point.source, ...rest, Propagation: point.propagation };
    case 'volume': {
      const { Destination, ...others } = rest;
      const place = { Name: point.name, Source: store.data(point.name), Destination };
      return { Type, ...place, Driver: 'local', ...others, Propagation: '' };
    }
    case 'tmpfs':
      return { Type, Source: '', ...rest, Propagation: '' };
    case 'image':
      // There is no path of the host where the image is to be seen: the container alone has it.
      return { Type, Name: point.image, Source: '', ...rest, Propagation: 'rprivate' };
  }
}

function givenMount(fields: MountFields): Readonly<Record<string, unknown>> {
  const { type = 'volume', source, target, readonly, consistency } = fields;
  const { bindPropagation, bindRecursive, imageSubpath, tmpfsSize, tmpfsMode } = fields;
  const { volumeNocopy, volumeLabel, volumeSubpath, volumeDriver, volumeOpt } = fields;
  return stated({
    Type: type,
    Source: source,
    Target: target,
    ReadOnly: readonly || undefined,
    Consistency: consistency,
    BindOptions: options({
      Propagation: bindPropagation,
      NonRecursive: bindRecursive === 'disabled' || undefined,
      ReadOnlyNonRecursive: bindRecursive === 'writable' || undefined,
      ReadOnlyForceRecursive: bindRecursive === 'readonly' || undefined,
    }),
    VolumeOptions: options({
      NoCopy: volumeNocopy || undefined,
      Labels: volumeLabel,
      Subpath: volumeSubpath,
      DriverConfig: options({ Name: volumeDriver, Options: volumeOpt }),
    }),
    ImageOptions: options({ Subpath: imageSubpath }),
    TmpfsOptions: options({ SizeBytes: tmpfsSize, Mode: tmpfsMode }),
  });
}

/** Undefined where nothing of it is stated. */
function options(values: Readonly<Record<string, unknown>>): object | undefined {
  const some = stated(values);
  return Object.keys(some).length === 0 ? undefined : some;
}

function stated(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

function splitTmpfs(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
