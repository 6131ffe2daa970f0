/** `volume ls` and `volume inspect` */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import type { VolumeDetails, VolumeFilters } from '../options/volume-options.ts';
import { volumeUsers } from './users.ts';
import { type Volume, VolumeStore } from './volume-store.ts';

/** By name. */
export async function listVolumes(
  context: EngineContext,
  filters: VolumeFilters = {},
): Promise<readonly VolumeDetails[]> {
  const store = new VolumeStore(context.directories.root);
  const users = filters.dangling === undefined ? new Map() : volumeUsers(context);
  return store
    .list()
    .filter((volume) => matches(volume, filters))
    .filter(({ name }) => filters.dangling === undefined || filters.dangling !== users.has(name))
    .map((volume) => detailsOf(volume, store));
}

/** @throws GockerError `VOLUME_NOT_FOUND` */
export async function inspectVolume(context: EngineContext, name: string): Promise<VolumeDetails> {
  const store = new VolumeStore(context.directories.root);
  const volume = store.find(name);
  if (volume === undefined) throw noSuchVolume('inspect', name);
  return detailsOf(volume, store);
}

export function matches({ name, labels }: Volume, filters: VolumeFilters): boolean {
  const { names = [], drivers = [], labels: wanted = [], labelsNot = [] } = filters;
  return (
    (names.length === 0 || names.some((part) => name.includes(part))) &&
    (drivers.length === 0 || drivers.includes('local')) &&
    wanted.every((label) => hasLabel(labels, label)) &&
    !labelsNot.some((label) => hasLabel(labels, label))
  );
}

export function noSuchVolume(verb: string, name: string): GockerError {
  return new GockerError('VOLUME_NOT_FOUND', `cannot ${verb} volume "${name}": no such volume`, {
    hint: 'See "gocker volume ls" for those there are.',
  });
}

function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const equals = label.indexOf('=');
  return equals < 0 ? label in labels : labels[label.slice(0, equals)] === label.slice(equals + 1);
}

function detailsOf({ name, created, labels, options }: Volume, store: VolumeStore): VolumeDetails {
  return {
    CreatedAt: created,
    Driver: 'local',
    Labels: orNull(labels),
    Mountpoint: store.data(name),
    Name: name,
    Options: orNull(options),
    Scope: 'local',
  };
}

/** docker's way with an empty map. */
function orNull<T extends object>(map: T): T | null {
  return Object.keys(map).length === 0 ? null : map;
}
