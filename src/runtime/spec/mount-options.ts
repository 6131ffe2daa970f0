/** The words of a mount's options, runtime-spec v1.2.1 config.md#linux-mount-options, as what mount_setattr(2) and fsconfig(2) take. */
import { MOUNT_ATTR, MS } from '../../syscall/index.ts';

/** Bits of `MOUNT_ATTR`. */
export interface MountAttributes {
  readonly set: number;
  readonly clear: number;
}

export interface MountOptions {
  /** For the mount itself. */
  readonly attributes: MountAttributes;
  /** For the mount and all below it (`rro`, `rnosuid` …). */
  readonly recursiveAttributes: MountAttributes;
  /** One of MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE. */
  readonly propagation: { readonly type: number; readonly recursive: boolean } | undefined;
  readonly bind: 'bind' | 'rbind' | undefined;
  /** mount(8) `X-mount.subdir`: only this part of the source; relative, and it never leads out of it. */
  readonly subdirectory: string | undefined;
  /** Shown as belonging to the ids of the container's user namespace; `ridmap` with all below. */
  readonly idmap: 'idmap' | 'ridmap' | undefined;
  /** The filesystem's own, in order; undefined for a word without `=`. */
  readonly parameters: readonly { readonly key: string; readonly value: string | undefined }[];
}

const { MOUNT_ATTR__ATIME: atime } = MOUNT_ATTR;

const attributeWords = new Map<string, MountAttributes>(
  Object.entries({
    ro: { set: MOUNT_ATTR.MOUNT_ATTR_RDONLY, clear: 0 },
    rw: { set: 0, clear: MOUNT_ATTR.MOUNT_ATTR_RDONLY },
    nosuid: { set: MOUNT_ATTR.MOUNT_ATTR_NOSUID, clear: 0 },
    suid: { set: 0, clear: MOUNT_ATTR.MOUNT_ATTR_NOSUID },
    nodev: { set: MOUNT_ATTR.MOUNT_ATTR_NODEV, clear: 0 },
    dev: { set: 0, clear: MOUNT_ATTR.MOUNT_ATTR_NODEV },
    noexec: { set: MOUNT_ATTR.MOUNT_ATTR_NOEXEC, clear: 0 },
    exec: { set: 0, clear: MOUNT_ATTR.MOUNT_ATTR_NOEXEC },
    nodiratime: { set: MOUNT_ATTR.MOUNT_ATTR_NODIRATIME, clear: 0 },
    diratime: { set: 0, clear: MOUNT_ATTR.MOUNT_ATTR_NODIRATIME },
    nosymfollow: { set: MOUNT_ATTR.MOUNT_ATTR_NOSYMFOLLOW, clear: 0 },
    symfollow: { set: 0, clear: MOUNT_ATTR.MOUNT_ATTR_NOSYMFOLLOW },
    noatime: { set: MOUNT_ATTR.MOUNT_ATTR_NOATIME, clear: atime },
    strictatime: { set: MOUNT_ATTR.MOUNT_ATTR_STRICTATIME, clear: atime },
    atime: { set: MOUNT_ATTR.MOUNT_ATTR_RELATIME, clear: atime },
    relatime: { set: MOUNT_ATTR.MOUNT_ATTR_RELATIME, clear: atime },
    norelatime: { set: MOUNT_ATTR.MOUNT_ATTR_STRICTATIME, clear: atime },
    nostrictatime: { set: MOUNT_ATTR.MOUNT_ATTR_RELATIME, clear: atime },
  }),
);

const propagationWords = new Map<string, number>(
  Object.entries({
    shared: MS.MS_SHARED,
    slave: MS.MS_SLAVE,
    private: MS.MS_PRIVATE,
    unbindable: MS.MS_UNBINDABLE,
  }),
);

/** Words of fstab(5) that say what is so anyway, or speak to mount(8) alone. */
const idleWords = new Set(['defaults', 'async', 'loud', 'auto', 'noauto', 'nofail', 'nouser']);

const subdirectoryWord = 'X-mount.subdir=';

/** Any word that is known from nowhere is the filesystem's own: the kernel judges it. Later words win over earlier ones. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  let attributes: MountAttributes = { set: 0, clear: 0 };
  let recursiveAttributes: MountAttributes = { set: 0, clear: 0 };
  let propagation: MountOptions['propagation'];
  let bind: MountOptions['bind'];
  let subdirectory: string | undefined;
  let idmap: MountOptions['idmap'];
  const parameters: { key: string; value: string | undefined }[] = [];
  for (const word of options) {
    const attribute = attributeWords.get(word);
    // `relatime` itself begins with an r: whole words come first.
    const recursive = word.startsWith('r') ? word.slice(1) : '';
    const recursiveAttribute = attributeWords.get(recursive);
    const type = propagationWords.get(word) ?? propagationWords.get(recursive);
    if (attribute !== undefined) attributes = apply(attributes, attribute);
    else if (recursiveAttribute !== undefined) recursiveAttributes = apply(recursiveAttributes, recursiveAttribute);
    else if (type !== undefined) propagation = { type, recursive: !propagationWords.has(word) };
    else if (word === 'bind' || word === 'rbind') bind = word;
    else if (word === 'idmap' || word === 'ridmap') idmap = word;
    else if (word.startsWith(subdirectoryWord)) subdirectory = word.slice(subdirectoryWord.length);
    else if (!idleWords.has(word)) parameters.push(parameter(word));
  }
  return { attributes, recursiveAttributes, propagation, bind, subdirectory, idmap, parameters };
}

function apply(before: MountAttributes, word: MountAttributes): MountAttributes {
  return {
    set: (before.set & ~word.clear) | word.set,
    clear: (before.clear & ~word.set) | word.clear,
  };
}

function parameter(word: string): { key: string; value: string | undefined } {
  const equals = word.indexOf('=');
  return equals < 0 ? { key: word, value: undefined } : { key: word.slice(0, equals), value: word.slice(equals + 1) };
}
