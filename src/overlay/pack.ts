/** Tar archives out of typed entries with text for names: those of images that are made here; image-spec v1.1.1 layer.md. */
import type { Timespec } from '../syscall/index.ts';
import { type ByteString, byteStringOf } from './tar/byte-string.ts';
import type { TarEntry } from './tar/tar-entry.ts';
import { type PackedEntry, writeTar } from './tar/write-tar.ts';

interface Owned {
  /** Within the archive; a leading slash is left out. */
  readonly path: string;
  /** 0 unless given. */
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since the epoch; 0 unless given. */
  readonly mtime?: number;
}

export type PackEntry =
  | (Owned & { readonly kind: 'directory'; readonly mode: number })
  | (Owned & { readonly kind: 'symlink'; readonly target: string })
  /** A hard link to the path of a file that came before. */
  | (Owned & { readonly kind: 'link'; readonly target: string })
  | (Owned & {
      readonly kind: 'file';
      readonly mode: number;
      /** Bytes that `content` must give, no more and no less. */
      readonly size: number;
      /** Opened when its turn comes. */
      readonly content: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
    });

/** See writeTar(). @throws GockerError `TAR_CONTENT_CHANGED` */
export function packTar(entries: Iterable<PackEntry> | AsyncIterable<PackEntry>): AsyncGenerator<Uint8Array> {
  return writeTar(packed(entries));
}

async function* packed(entries: Iterable<PackEntry> | AsyncIterable<PackEntry>): AsyncGenerator<PackedEntry> {
  for await (const entry of entries) {
    yield { entry: tarEntryOf(entry), ...(entry.kind === 'file' ? { content: entry.content } : {}) };
  }
}

const noXattrs: TarEntry['xattrs'] = new Map();

function tarEntryOf(entry: PackEntry): TarEntry {
  return {
    kind: entry.kind === 'link' ? 'hardlink' : entry.kind,
    name: withinArchive(entry.path) || ('.' as ByteString),
    linkname: linknameOf(entry),
    mode: 'mode' in entry ? entry.mode : 0o777,
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    mtime: timespec(entry.mtime ?? 0),
    size: entry.kind === 'file' ? entry.size : 0,
    device: { major: 0, minor: 0 },
    xattrs: noXattrs,
  };
}

function linknameOf(entry: PackEntry): ByteString {
  if (entry.kind === 'link') return withinArchive(entry.target);
  return entry.kind === 'symlink' ? byteStringOf(entry.target) : ('' as ByteString);
}

function withinArchive(path: string): ByteString {
  return byteStringOf(path.replace(/^\/+/, ''));
}

function timespec(mtime: number): Timespec {
  const seconds = Math.floor(mtime);
  return { seconds, nanoseconds: Math.round((mtime - seconds) * 1e9) };
}
