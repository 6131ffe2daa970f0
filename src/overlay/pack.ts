/** Tar archives out of typed entries: pax interchange format, pax(1); image-spec v1.1.1 layer.md. */
import { type Header, type Pack, pack } from 'tar-stream';
import { GockerError } from '../errors/index.ts';

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

/**
 * The archive of the entries in their order, with its end. Nothing is read ahead of what is taken; a reader that stops early
 * closes what is open.
 *
 * @throws GockerError `TAR_CONTENT_CHANGED` where a file's content is not of its size
 */
export async function* packTar(entries: Iterable<PackEntry> | AsyncIterable<PackEntry>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const feeding = feed(archive, entries).then(
    () => archive.finalize(),
    (error) => archive.destroy(error as Error),
  );
  try {
    yield* archive as AsyncIterable<Uint8Array>;
  } finally {
    archive.destroy();
    await feeding;
  }
}

async function feed(archive: Pack, entries: Iterable<PackEntry> | AsyncIterable<PackEntry>): Promise<void> {
  for await (const entry of entries) {
    if (archive.destroyed) return;
    await writeEntry(archive, entry);
  }
}

function writeEntry(archive: Pack, entry: PackEntry): Promise<void> {
  return new Promise((resolve, reject) => {
    const sink = archive.entry(headerOf(entry), (error) => (error ? reject(error) : resolve()));
    // The callback tells; an 'error' event that nobody hears would end the process.
    sink.on('error', () => {});
    if (entry.kind === 'file') writeContent(sink, entry).catch((error) => sink.destroy(error));
  });
}

type Sink = ReturnType<Pack['entry']>;

async function writeContent(sink: Sink, entry: PackEntry & { readonly kind: 'file' }): Promise<void> {
  let written = 0;
  for await (const chunk of entry.content()) {
    written += chunk.length;
    if (written > entry.size) break;
    if (sink.destroyed) return;
    if (!sink.write(chunk)) await drained(sink);
  }
  if (written !== entry.size) {
    throw new GockerError(
      'TAR_CONTENT_CHANGED',
      `cannot pack "${entry.path}": it gives ${written > entry.size ? 'more than' : `only ${written} of`} ${entry.size} bytes`,
      { hint: 'The file changed while it was read: try again.' },
    );
  }
  sink.end(null);
}

/** A sink whose archive is gone never drains, but closes. */
function drained(sink: Sink): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      sink.off('drain', done).off('close', done);
      resolve();
    };
    sink.on('drain', done).on('close', done);
  });
}

/** tar-stream reads mode 0 as none given; bits above those of a mode don't reach the archive. */
const SOME_MODE = 0o100000;

function headerOf(entry: PackEntry): Pick<Header, 'name'> & Partial<Header> {
  const name = entry.path.replace(/^\/+/, '') || '.';
  return {
    name: entry.kind === 'directory' ? `${name}/` : name,
    type: entry.kind,
    mode: SOME_MODE | ('mode' in entry ? entry.mode : 0o777),
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    mtime: new Date((entry.mtime ?? 0) * 1000),
    pax: paxRecords(entry),
    ...('size' in entry ? { size: entry.size } : {}),
    ...('target' in entry ? { linkname: entry.kind === 'link' ? entry.target.replace(/^\/+/, '') : entry.target } : {}),
  };
}

/** What a ustar header can't hold as tar-stream writes it: six octal digits for an id, 31 bits of whole seconds. */
function paxRecords({ uid = 0, gid = 0, mtime = 0 }: Owned): Record<string, string> | null {
  const records = {
    ...(uid > 0o777777 ? { uid: String(uid) } : {}),
    ...(gid > 0o777777 ? { gid: String(gid) } : {}),
    ...(Number.isInteger(mtime) && mtime >= 0 && mtime < 2 ** 31 ? {} : { mtime: String(mtime) }),
  };
  return Object.keys(records).length > 0 ? records : null;
}
