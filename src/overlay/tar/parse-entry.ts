/**
 * From the blocks that stand before an entry's content (extended headers, then the entry's own) to a checked entry. The
 * formats: POSIX ustar and pax, GNU's long names and base-256 numbers, and V7. What sets which field, the later over the
 * earlier: the header, pax, GNU (the order of Go's archive/tar, so of docker, podman and umoci).
 */
import type { Timespec } from '../../syscall/index.ts';
import { layerError } from '../layer-error.ts';
import { type ByteString, byteString, byteStringUntilNul, shown } from './byte-string.ts';
import { parsePaxRecords } from './pax-records.ts';
import { paxTime } from './pax-time.ts';
import { paxXattrs } from './pax-xattrs.ts';
import type { EntryKind, TarEntry } from './tar-entry.ts';
import { type NumberField, tarNumber } from './tar-number.ts';

const BLOCK = 512;
const MODE: NumberField = { name: 'mode', offset: 100, length: 8 };
const UID: NumberField = { name: 'uid', offset: 108, length: 8 };
const GID: NumberField = { name: 'gid', offset: 116, length: 8 };
const SIZE: NumberField = { name: 'size', offset: 124, length: 12 };
const MTIME: NumberField = { name: 'mtime', offset: 136, length: 12 };
const MAJOR: NumberField = { name: 'devmajor', offset: 329, length: 8 };
const MINOR: NumberField = { name: 'devminor', offset: 337, length: 8 };

const kinds: Readonly<Record<string, EntryKind>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  // "Contiguous file": POSIX has it read as a regular one.
  '7': 'file',
};

interface Extensions {
  readonly pax: ReadonlyMap<string, Buffer>;
  readonly longName: ByteString | undefined;
  readonly longLinkname: ByteString | undefined;
  /** Where the entry's own header stands. */
  readonly offset: number;
}

const noRecords: ReadonlyMap<string, Buffer> = new Map();
const noExtensions: Extensions = { pax: noRecords, longName: undefined, longLinkname: undefined, offset: 0 };

/**
 * @param blocks all headers of one entry, its own last, as they stand in the archive
 * @throws GockerError `LAYER_MALFORMED`, `LAYER_UNSUPPORTED`
 */
export function parseEntry(blocks: Buffer): TarEntry {
  const extensions = blocks.length === BLOCK ? noExtensions : parseExtensions(blocks);
  const { pax } = extensions;
  const header = blocks.subarray(extensions.offset);
  const name = extensions.longName ?? paxName(pax, 'path') ?? headerName(header);
  const kind = entryKind(header, name);
  const linkname = extensions.longLinkname ?? paxName(pax, 'linkpath') ?? byteStringUntilNul(header, 157, 257);
  return {
    kind,
    name,
    linkname: kind === 'hardlink' || kind === 'symlink' ? linkname : ('' as ByteString),
    mode: bounded(tarNumber(header, MODE), 'mode', 2 ** 48) & 0o7777,
    // (uid_t) -1 tells chown(2) to leave the owner as it is.
    uid: bounded(paxNumber(pax, 'uid') ?? tarNumber(header, UID), 'uid', 0xffff_fffe),
    gid: bounded(paxNumber(pax, 'gid') ?? tarNumber(header, GID), 'gid', 0xffff_fffe),
    size: bounded(paxNumber(pax, 'size') ?? tarNumber(header, SIZE), 'size', Number.MAX_SAFE_INTEGER),
    mtime: modificationTime(header, pax),
    device: kind.endsWith('device')
      ? {
          major: bounded(tarNumber(header, MAJOR), 'devmajor', 0xfff),
          minor: bounded(tarNumber(header, MINOR), 'devminor', 0xf_ffff),
        }
      : { major: 0, minor: 0 },
    xattrs: pax === noRecords ? noRecords : paxXattrs(pax),
  };
}

function parseExtensions(blocks: Buffer): Extensions {
  let extensions = noExtensions;
  let offset = 0;
  while (offset + BLOCK < blocks.length) {
    const header = blocks.subarray(offset, offset + BLOCK);
    const start = offset + BLOCK;
    const content = blocks.subarray(start, start + tarNumber(header, SIZE));
    const type = header.toString('latin1', 156, 157);
    if (type === 'x') extensions = { ...extensions, pax: parsePaxRecords(content) };
    else if (type === 'L') extensions = { ...extensions, longName: byteStringUntilNul(content, 0, content.length) };
    else if (type === 'K') extensions = { ...extensions, longLinkname: byteStringUntilNul(content, 0, content.length) };
    else if (type !== 'g') throw misplaced(header);
    else refuseGlobalSize(content);
    offset = start + Math.ceil(content.length / BLOCK) * BLOCK;
  }
  if (offset + BLOCK !== blocks.length) throw misplaced(blocks.subarray(offset - BLOCK));
  refuseSparse(extensions.pax);
  return { ...extensions, offset };
}

function misplaced(header: Buffer): Error {
  const what = header.every((byte) => byte === 0) ? 'a single block of zeros' : `an entry of type ${typeOf(header)}`;
  return layerError(
    'LAYER_MALFORMED',
    `cannot read a tar header: ${what} (expected an entry or the end of the archive)`,
  );
}

/**
 * A header for all entries that follow (git writes its commit there) changes nothing in docker, podman and umoci. In
 * tar-stream it would change where entries begin.
 */
function refuseGlobalSize(content: Buffer): void {
  if (!parsePaxRecords(content).has('size')) return;
  throw layerError(
    'LAYER_UNSUPPORTED',
    'cannot read a pax header: it sets "size" for all entries that follow (expected sizes of single entries)',
  );
}

function refuseSparse(pax: ReadonlyMap<string, Buffer>): void {
  const sparse = [...pax.keys()].find((keyword) => keyword.startsWith('GNU.sparse.'));
  if (sparse === undefined) return;
  throw layerError('LAYER_UNSUPPORTED', `cannot unpack a sparse file: pax record "${sparse}" (expected plain content)`);
}

function headerName(header: Buffer): ByteString {
  const name = byteStringUntilNul(header, 0, 100);
  // GNU's own magic is "ustar  ": it keeps times, not a prefix, at 345.
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? byteStringUntilNul(header, 345, 500) : '';
  return (prefix === '' ? name : `${prefix}/${name}`) as ByteString;
}

function entryKind(header: Buffer, name: ByteString): EntryKind {
  const type = header.toString('latin1', 156, 157);
  // V7 had no type for directories.
  if ((type === '\0' || type === '0') && name.endsWith('/')) return 'directory';
  const kind = kinds[type];
  if (kind !== undefined) return kind;
  throw layerError(
    'LAYER_UNSUPPORTED',
    `cannot unpack ${shown(name)}: entry of type ${typeOf(header)} (expected a file, directory, link, device or FIFO)`,
  );
}

function typeOf(header: Buffer): string {
  const type = header.toString('latin1', 156, 157);
  return type === 'S' ? '"S" (sparse file)' : JSON.stringify(type);
}

function paxName(pax: ReadonlyMap<string, Buffer>, keyword: string): ByteString | undefined {
  const value = pax.get(keyword);
  if (value === undefined || value.length === 0) return undefined;
  const text = byteString(value);
  if (!text.includes('\0')) return text;
  throw layerError('LAYER_MALFORMED', `cannot read a pax header: NUL in "${keyword}" (expected a name)`);
}

function paxNumber(pax: ReadonlyMap<string, Buffer>, keyword: string): number | undefined {
  const text = pax.get(keyword)?.toString('latin1');
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw layerError(
    'LAYER_MALFORMED',
    `cannot read a pax header: "${keyword}" is ${JSON.stringify(text.slice(0, 40))} (expected decimal digits)`,
  );
}

function modificationTime(header: Buffer, pax: ReadonlyMap<string, Buffer>): Timespec {
  const text = pax.get('mtime')?.toString('latin1');
  if (text !== undefined && text !== '') return paxTime(text);
  return { seconds: tarNumber(header, MTIME), nanoseconds: 0 };
}

function bounded(value: number, field: string, greatest: number): number {
  if (value >= 0 && value <= greatest) return value;
  throw layerError('LAYER_MALFORMED', `cannot read a tar header: ${field} is ${value} (expected 0 to ${greatest})`);
}
