/** Entries from one tree, or out of a tar, into another tree. */
import { TarReader } from '../tar/tar-reader.ts';
import type { PackedEntry } from '../tar/write-tar.ts';
import { Turns } from '../unpack/turns.ts';
import type { TreeWriter } from './tree-writer.ts';

const BLOCK = 512;
/** Two blocks of zeros. */
const END = 2 * BLOCK;

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Closes the writer, also on an error; what came before it stays.
 *
 * @returns bytes of the tar that it would be, which is what docker counts
 */
export async function copyEntries(
  entries: Iterable<PackedEntry>,
  writer: TreeWriter,
  { signal }: CopyOptions = {},
): Promise<number> {
  const turns = new Turns();
  let bytes = END;
  try {
    for (const { entry, content = () => [] } of entries) {
      signal?.throwIfAborted();
      writer.begin(entry);
      for await (const chunk of content()) {
        signal?.throwIfAborted();
        writer.content(chunk);
        await turns.next();
      }
      writer.end();
      bytes += BLOCK + Math.ceil(entry.size / BLOCK) * BLOCK;
      await turns.next();
    }
    writer.finish();
  } finally {
    writer.close();
  }
  return bytes;
}

/** The same from a tar, of which nothing is read behind its end. @throws GockerError `LAYER_…` for what is no tar */
export async function copyArchive(
  tar: AsyncIterable<Uint8Array>,
  writer: TreeWriter,
  { signal }: CopyOptions = {},
): Promise<number> {
  const reader = new TarReader(writer);
  const turns = new Turns();
  let bytes = 0;
  try {
    for await (const chunk of tar) {
      signal?.throwIfAborted();
      bytes += chunk.length;
      await reader.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      await turns.next();
    }
    if (bytes > 0) await reader.end();
    writer.finish();
  } finally {
    reader.destroy();
    writer.close();
  }
  return bytes;
}
