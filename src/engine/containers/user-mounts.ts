/**
 * What the user, other containers and the image want mounted: chosen before the container has a record, provided after, so
 * that no volume is made, filled or removed that no record names.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { Mount } from '../../oci/index.ts';
import { lookUpInLayers } from '../../overlay/index.ts';
import type { EngineContext } from '../context.ts';
import { recordVolumeEvent } from '../events/subjects.ts';
import type { LoadedImage } from '../images/stored.ts';
import type { RunOptions } from '../options/run-options.ts';
import { openSnapshotter } from '../snapshotter.ts';
import { draftVolume, makeUpVolumeName } from '../volumes/create.ts';
import { readDriverOptions } from '../volumes/driver-options.ts';
import { fillVolume } from '../volumes/fill.ts';
import { noSuchVolume } from '../volumes/list.ts';
import { VolumeStore } from '../volumes/volume-store.ts';
import { ensureImage } from './ensure-image.ts';
import type { ContainerRecord } from './record.ts';
import { gatherMounts } from './spec/mounts/gather-mounts.ts';
import type { BindPoint, ImagePoint, MountPoint, VolumePoint } from './spec/mounts/mount-point.ts';
import { checkPropagation } from './spec/mounts/propagation.ts';
import { specMount } from './spec/mounts/spec-mounts.ts';

/**
 * Makes nothing; pulls images that are to be mounted and are missing.
 *
 * @throws GockerError `VOLUME_INVALID`, `VOLUME_NAME_INVALID`, `MOUNT_DUPLICATE`, `CONTAINER_NOT_FOUND`; those of the pull
 */
export async function choose(
  context: EngineContext,
  image: LoadedImage,
  options: RunOptions,
): Promise<Required<Pick<ContainerRecord, 'mounts' | 'mountOptions'>>> {
  const { volumes, mounts, tmpfs, volumesFrom } = options;
  const points = gatherMounts(image.config.config ?? {}, options, {
    workingDirectory: process.cwd(),
    mountsOf: (container) => context.containers.find(container).mounts ?? [],
  });
  const settled: MountPoint[] = [];
  for (const point of points) settled.push(await settle(context, point, options));
  const given = { volumes, mounts, tmpfs, volumesFrom };
  const mountOptions = Object.fromEntries(Object.entries(given).filter(([, texts]) => texts !== undefined));
  return { mounts: settled, mountOptions };
}

/** Gives a volume without a name one, and an image its layers. */
async function settle(context: EngineContext, point: MountPoint, options: RunOptions): Promise<MountPoint> {
  if (point.type === 'volume' && point.name === '') return { ...point, name: makeUpVolumeName() };
  if (point.type !== 'image' || point.layers !== undefined) return point;
  const { config } = await ensureImage(context, { ...options, image: point.image });
  return { ...point, layers: config.rootfs.diff_ids };
}

/** @throws GockerError `LAYERS_MISSING` */
export function toSpec(context: EngineContext, image: LoadedImage, points: readonly MountPoint[]): Mount[] {
  const store = new VolumeStore(context.directories.root);
  const own = openSnapshotter(context).lowerdirs(image.config.rootfs.diff_ids) ?? [];
  return points.map((point) =>
    specMount(point, {
      volume: ({ name, driverOptions }) => {
        const { device, options } = readDriverOptions(name, store.find(name)?.options ?? driverOptions);
        return { path: device ?? store.data(name), options: device === undefined ? ['rbind'] : options };
      },
      lowerdirs: (point) => lowerdirsOf(context, point),
      mode: ({ destination }) => directoryMode(own, destination),
    }),
  );
}

/**
 * Makes what is missing: volumes, filled from the image, and the sources of `-v`. The container's record names them already,
 * so nobody takes them away.
 *
 * @throws GockerError `VOLUME_INVALID`, `VOLUME_NOT_FOUND`, `VOLUME_OVER_FILE` …; Error EACCES, ENOSPC …
 */
export async function provide(
  context: EngineContext,
  image: LoadedImage,
  points: readonly MountPoint[],
): Promise<void> {
  const store = new VolumeStore(context.directories.root);
  const volumes = points.filter((point) => point.type === 'volume');
  for (const point of points) {
    if (point.type === 'bind') checkBind(point);
    else if (point.type === 'image') checkImage(context, point);
  }
  if (volumes.length > 0) await makeVolumes(context, store, volumes);
  const lowerdirs = openSnapshotter(context).lowerdirs(image.config.rootfs.diff_ids) ?? [];
  for (const point of volumes) await prepareVolume(store, point, lowerdirs);
  for (const point of points) {
    // As docker's -v does: as a directory.
    if (point.type === 'bind' && point.makeSource && !existsSync(point.source))
      mkdirSync(point.source, { recursive: true });
  }
}

async function makeVolumes(context: EngineContext, store: VolumeStore, points: readonly VolumePoint[]): Promise<void> {
  await store.exclusively(async () => {
    for (const { name, anonymous, labels, driver, driverOptions, mustExist } of points) {
      if (store.find(name) !== undefined) continue;
      if (mustExist === true) throw noSuchVolume('mount', name);
      const draft = draftVolume({ ...(anonymous ? {} : { name }), driver, labels, options: driverOptions });
      await store.create({ ...draft, name });
      recordVolumeEvent(context, 'create', name);
    }
  });
}

async function prepareVolume(store: VolumeStore, point: VolumePoint, lowerdirs: readonly string[]): Promise<void> {
  const { device } = readDriverOptions(point.name, store.find(point.name)?.options ?? {});
  if (device !== undefined && !isDirectory(device)) {
    throw new GockerError(
      'VOLUME_DEVICE_MISSING',
      `cannot mount volume "${point.name}": its device "${device}" is no directory (expected one on this host)`,
    );
  }
  const wantsCopy = point.copy && point.subpath === undefined && device === undefined;
  await fillVolume(store.folder(point.name), wantsCopy ? { lowerdirs, path: point.destination } : undefined);
  const { subpath } = point;
  // For a better error: the tape's own look is the one that counts.
  if (subpath !== undefined && !existsSync(join(device ?? store.data(point.name), subpath))) {
    throw invalid(point, `volume-subpath "${subpath}" is not there`, 'a path that the volume has');
  }
}

function checkBind(point: BindPoint): void {
  const { source, makeSource, propagation } = point;
  if (!makeSource && !existsSync(source)) {
    throw invalid(point, `bind source path does not exist: ${source}`, 'one that does; --volume would make it');
  }
  if (/^r?(?:shared|slave)$/.test(propagation)) {
    const wrong = checkPropagation(source, propagation, readFileSync('/proc/self/mountinfo', 'utf8'));
    if (wrong !== undefined) throw invalid(point, wrong, 'another propagation, or "mount --make-shared" before');
  }
}

function checkImage(context: EngineContext, point: ImagePoint): void {
  const { subpath, image } = point;
  if (subpath === undefined) return;
  const found = lookUpInLayers(lowerdirsOf(context, point), subpath);
  if (found?.kind === 'directory') return;
  const what = found === undefined ? 'is not there' : 'is no directory';
  throw invalid(point, `image-subpath "${subpath}" ${what}`, `a directory that image "${image}" has`);
}

function lowerdirsOf(context: EngineContext, { image, layers = [] }: ImagePoint): readonly string[] {
  const lowerdirs = openSnapshotter(context).lowerdirs(layers);
  if (lowerdirs !== undefined && lowerdirs.length > 0) return lowerdirs;
  throw new GockerError('LAYERS_MISSING', `cannot mount image "${image}": layers of it are not unpacked here`, {
    hint: `Pull it again: gocker pull ${image}.`,
  });
}

function invalid({ destination, type }: MountPoint, why: string, expected: string): GockerError {
  return new GockerError('VOLUME_INVALID', `cannot mount ${type} at "${destination}": ${why} (expected ${expected})`);
}

function directoryMode(lowerdirs: readonly string[], path: string): number | undefined {
  const found = lookUpInLayers(lowerdirs, path);
  return found?.kind === 'directory' ? statSync(found.directory.location).mode & 0o7777 : undefined;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
