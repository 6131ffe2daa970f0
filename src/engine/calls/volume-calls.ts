/** What can be asked about volumes. */
import type { EngineContext } from '../context.ts';
import type { VolumeDetails, VolumeFilters, VolumeOptions, VolumesPruned } from '../options/volume-options.ts';

export interface VolumeCalls {
  /** One that is there already stays as it is. @returns its name */
  createVolume(options?: VolumeOptions): Promise<string>;
  volumes(filters?: VolumeFilters): Promise<readonly VolumeDetails[]>;
  inspectVolume(name: string): Promise<VolumeDetails>;
  removeVolume(name: string, options?: { readonly force?: boolean }): Promise<void>;
  /** Removes the anonymous volumes that no container has; with `all`, the named ones too. */
  pruneVolumes(filters?: VolumeFilters & { readonly all?: boolean }): Promise<VolumesPruned>;
}

export function volumeCalls(context: EngineContext): VolumeCalls {
  return {
    createVolume: async (...args) => (await import('../volumes/create.ts')).createVolume(context, ...args),
    volumes: async (...args) => (await import('../volumes/list.ts')).listVolumes(context, ...args),
    inspectVolume: async (...args) => (await import('../volumes/list.ts')).inspectVolume(context, ...args),
    removeVolume: async (...args) => (await import('../volumes/remove.ts')).removeVolume(context, ...args),
    pruneVolumes: async (...args) => (await import('../volumes/remove.ts')).pruneVolumes(context, ...args),
  };
}
