/** `volume create` */
import { GockerError } from '../../errors/index.ts';
import { randomBytes } from '../containers/random.ts';
import { checkVolumeName } from '../containers/spec/mounts/volume-name.ts';
import type { EngineContext } from '../context.ts';
import { recordVolumeEvent } from '../events/subjects.ts';
import type { VolumeOptions } from '../options/volume-options.ts';
import { readDriverOptions } from './driver-options.ts';
import { type Volume, VolumeStore } from './volume-store.ts';

/** docker's mark of a volume that nobody named. */
export const anonymousLabel = 'com.docker.volume.anonymous';

/**
 * Durable. One that is there already stays as it is.
 *
 * @returns its name: 64 hex digits where none was given
 * @throws GockerError `VOLUME_NAME_INVALID`, `VOLUME_DRIVER_UNKNOWN`, `VOLUME_OPTION_INVALID`
 */
export async function createVolume(context: EngineContext, options: VolumeOptions = {}): Promise<string> {
  const volume = draftVolume(options);
  const store = new VolumeStore(context.directories.root);
  await store.exclusively(async () => {
    if (store.find(volume.name) !== undefined) return;
    await store.create(volume);
    recordVolumeEvent(context, 'create', volume.name);
  });
  return volume.name;
}

export function draftVolume({ name, driver = 'local', labels = {}, options = {} }: VolumeOptions): Volume {
  const isNamed = name !== undefined && name !== '';
  const chosen = isNamed ? checkVolumeName(name) : makeUpVolumeName();
  if (driver !== '' && driver !== 'local') {
    throw new GockerError(
      'VOLUME_DRIVER_UNKNOWN',
      `cannot create volume "${chosen}": error looking up volume plugin ${driver}: plugin "${driver}" not found (expected local)`,
    );
  }
  readDriverOptions(chosen, options);
  const marked = isNamed ? labels : { ...labels, [anonymousLabel]: '' };
  return { name: chosen, labels: marked, options, created: new Date().toISOString().replace(/\.\d+Z$/, 'Z') };
}

export function makeUpVolumeName(): string {
  return randomBytes(32).toString('hex');
}
