/** What the volume commands take and give. */

export interface VolumeOptions {
  /** Made up where left out; the volume then counts as anonymous. */
  readonly name?: string;
  /** There is but `local`. */
  readonly driver?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `type`, `o`, `device`: a directory of the host under a name. */
  readonly options?: Readonly<Record<string, string>>;
}

/** All of them must match; of several values for one key any may. */
export interface VolumeFilters {
  /** Used by no container. */
  readonly dangling?: boolean;
  /** Texts that the name has in it. */
  readonly names?: readonly string[];
  readonly drivers?: readonly string[];
  /** `key` or `key=value`; all of them. */
  readonly labels?: readonly string[];
  /** The same, and none of them. */
  readonly labelsNot?: readonly string[];
}

/** docker's keys. */
export interface VolumeDetails {
  readonly CreatedAt: string;
  readonly Driver: 'local';
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Mountpoint: string;
  readonly Name: string;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Scope: 'local';
}

export interface VolumesPruned {
  readonly names: readonly string[];
  /** Bytes of their files. */
  readonly reclaimed: number;
}
