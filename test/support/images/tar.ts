/** Tar archives from lists of entries, with tar-stream's pack: the raw matter of synthetic layers. */
import { pack } from 'tar-stream';

export interface TarEntry {
  readonly name: string;
  /** A file unless said otherwise. */
  readonly type?:
    | 'file'
    | 'directory'
    | 'symlink'
    | 'link'
    | 'fifo'
    | 'character-device'
    | 'block-device'
    | 'contiguous-file';
  /** Of a file; empty unless given. */
  readonly content?: string | Uint8Array;
  /** Target of a symlink or hard link. */
  readonly linkname?: string;
  /** 0755 for directories and 0644 for the rest unless given. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since the epoch; a fixed date unless given, so that the same entries give the same digest. */
  readonly mtime?: number;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Records of a pax header before the entry, e.g. `{'SCHILY.xattr.user.a': 'b'}`. */
  readonly pax?: Readonly<Record<string, string>>;
}

const aDayIn2024 = 1_704_067_200;

/** An archive of the entries in their order, its end marked by two zero blocks. */
export async function buildTar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const entry of entries) {
    const type = entry.type ?? 'file';
    const header = {
      name: entry.name,
      type,
      mode: entry.mode ?? (type === 'directory' ? 0o755 : 0o644),
      uid: entry.uid ?? 0,
      gid: entry.gid ?? 0,
      mtime: new Date((entry.mtime ?? aDayIn2024) * 1000),
      ...(entry.linkname === undefined ? {} : { linkname: entry.linkname }),
      ...(entry.devmajor === undefined ? {} : { devmajor: entry.devmajor }),
      ...(entry.devminor === undefined ? {} : { devminor: entry.devminor }),
      ...(entry.pax === undefined ? {} : { pax: entry.pax }),
    };
    if (type === 'file' || type === 'contiguous-file') archive.entry(header, Buffer.from(entry.content ?? ''));
    else archive.entry(header);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
