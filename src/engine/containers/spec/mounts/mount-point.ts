/** What a container has in its file tree besides its image, as its record keeps it: all that is needed to mount it again. */
import type { DiffID } from '../../../../oci/index.ts';

/** `ro`: with all that is mounted below. `ro-shallow`: what is mounted below stays as writable as the host has it. */
export type Access = 'rw' | 'ro' | 'ro-shallow';

interface Place {
  /** Absolute and normal, in the container. */
  readonly destination: string;
  readonly access: Access;
  /** docker's `Mode`: the options after -v as they were written. */
  readonly mode: string;
}

export interface BindPoint extends Place {
  readonly type: 'bind';
  /** Absolute, on the host. */
  readonly source: string;
  readonly recursive: boolean;
  /** `rprivate`, `shared` … */
  readonly propagation: string;
  /** `-v` makes a source that is missing; `--mount` refuses. */
  readonly makeSource: boolean;
  /** In a user namespace: files of the host's root are the container root's. */
  readonly idmap?: boolean;
}

export interface VolumePoint extends Place {
  readonly type: 'volume';
  /** Empty: a volume without a name is wanted. Of a container's record it never is. */
  readonly name: string;
  /** Goes with its container, if that is removed with its volumes. */
  readonly anonymous: boolean;
  /** Copy what the image has at this place, if the volume is empty. */
  readonly copy: boolean;
  readonly subpath?: string;
  /** For the volume, should it be created. */
  readonly labels: Readonly<Record<string, string>>;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  /** Another container's: where it is gone meanwhile, an empty one would be no substitute. */
  readonly mustExist?: boolean;
}

export interface TmpfsPoint extends Place {
  readonly type: 'tmpfs';
  /** tmpfs(5) */
  readonly options: readonly string[];
  /** By --tmpfs and not by --mount: docker keeps these apart. */
  readonly byTmpfs: boolean;
}

export interface ImagePoint extends Place {
  readonly type: 'image';
  /** As the user wrote it. */
  readonly image: string;
  readonly subpath?: string;
  /** Once the image is found: its layers, bottom first. They stay while the container does. */
  readonly layers?: readonly DiffID[];
}

export type MountPoint = BindPoint | VolumePoint | TmpfsPoint | ImagePoint;
