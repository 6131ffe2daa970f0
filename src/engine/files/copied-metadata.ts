/** Whose files are that were copied, and with which rights. */
import type { Metadata, TarEntry, TreeWriterOptions } from '../../overlay/index.ts';
import { makeFilesAs } from '../../syscall/index.ts';

/**
 * As docker has it, ids are the same numbers in the container: those of its own user namespace, where it has one. There nobody
 * may make files but who has an id in it.
 */
export function inContainer(
  firstID: number,
  maker: number | undefined,
): Pick<TreeWriterOptions, 'metadata' | 'making'> {
  return {
    metadata: (entry) => (firstID === 0 ? entry : { ...entry, uid: entry.uid + firstID, gid: entry.gid + firstID }),
    ...(maker === undefined ? {} : { making: (make) => makeFilesAs({ uid: maker, gid: maker }, make) }),
  };
}

/** With the container's own numbers for ids; what is none of its is left as it is. */
export function fromContainer(entry: TarEntry, firstID: number): TarEntry {
  const own = (id: number) => (id >= firstID ? id - firstID : id);
  return firstID === 0 ? entry : { ...entry, uid: own(entry.uid), gid: own(entry.gid) };
}

const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];

/**
 * On the host all belongs to who copies; with `archive` to whom it belonged. What lent rights to others in the container lends
 * none here, where it would lend ours: neither setuid bits nor capabilities, and no device to everybody.
 */
export function onHost(archive: boolean): (entry: TarEntry) => Metadata {
  if (archive) return (entry) => entry;
  return (entry) => ({ mode: modeOnHost(entry), uid, gid, mtime: entry.mtime, xattrs: userXattrs(entry) });
}

function modeOnHost({ kind, mode }: TarEntry): number {
  if (kind === 'directory') return mode;
  return kind === 'character-device' || kind === 'block-device' ? mode & 0o600 : mode & 0o1777;
}

function userXattrs({ xattrs }: TarEntry): ReadonlyMap<string, Buffer> {
  return new Map([...xattrs].filter(([name]) => name.startsWith('user.')));
}
