/** Entries in, tar out: pax interchange format, pax(1). tar-stream frames the archive; see format-header.ts for what it can't say. */
import { type Pack, pack } from 'tar-stream';
import { GockerError } from '../../errors/index.ts';
import { shown } from './byte-string.ts';
import { formatHeader } from './format-header.ts';
import type { TarEntry } from './tar-entry.ts';

export interface PackedEntry {
  readonly entry: TarEntry;
  /** Of a file: opened when its turn comes, and gives `entry.size` bytes, no more and no less. */
  readonly content?: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * The archive of the entries in their order, with its end. Nothing is read ahead of what is taken; a reader that stops early
 * closes what is open.
 *
 * @throws GockerError `TAR_CONTENT_CHANGED` where a file's content is not of its size, `TAR_DEVICE_UNSUPPORTED`
 */
export async function* writeTar(
  entries: Iterable<PackedEntry> | AsyncIterable<PackedEntry>,
): AsyncGenerator<Uint8Array> {
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

async function feed(archive: Pack, entries: Iterable<PackedEntry> | AsyncIterable<PackedEntry>): Promise<void> {
  for await (const entry of entries) {
    if (archive.destroyed) return;
    await writeEntry(archive, entry);
  }
}

function writeEntry(archive: Pack, packed: PackedEntry): Promise<void> {
  const { pax, header } = formatHeader(packed.entry);
  if (pax !== undefined) archive.push(pax);
  return new Promise((resolve, reject) => {
    const sink = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    // The callback tells; an 'error' event that nobody hears would end the process.
    sink.on('error', () => {});
    if (packed.entry.kind === 'file') writeContent(sink, packed).catch((error) => sink.destroy(error));
  });
}

type Sink = ReturnType<Pack['entry']>;

async function writeContent(sink: Sink, { entry, content = () => [] }: PackedEntry): Promise<void> {
  let written = 0;
  for await (const chunk of content()) {
    written += chunk.length;
    if (written > entry.size) break;
    if (sink.destroyed) return;
    if (!sink.write(chunk)) await drained(sink);
  }
  if (written !== entry.size) {
    const gives = written > entry.size ? 'more than' : `only ${written} of`;
    throw new GockerError(
      'TAR_CONTENT_CHANGED',
      `cannot pack ${shown(entry.name)}: it gives ${gives} ${entry.size} bytes`,
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
