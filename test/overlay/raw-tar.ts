/** Tar archives byte by byte: what no well-behaved packer writes, and what tar-stream's cannot. */

export interface RawEntry {
  readonly name: string | Buffer;
  /** Type flag: `0` file (unless given), `1` hard link, `2` symlink, `3` `4` devices, `5` directory, `6` FIFO. */
  readonly type?: string;
  readonly linkname?: string | Buffer;
  readonly content?: string | Buffer;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** The bytes of the size field say this, whatever the content. */
  readonly size?: number;
  readonly mtime?: number;
  readonly device?: readonly [major: number, minor: number];
  readonly pax?: Readonly<Record<string, string | Buffer>>;
  /** `ustar\0` + `00` unless given. */
  readonly magic?: string;
  /** Bytes put into the header as they are, by offset, before the checksum. */
  readonly raw?: Readonly<Record<number, string | Buffer>>;
}

/** The end of an archive. */
export const end = Buffer.alloc(1024);

/** An archive of the entries in their order, with its end. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), end]);
}

export function rawEntry(entry: RawEntry): Buffer {
  const content = Buffer.from(entry.content ?? '');
  const extended =
    entry.pax === undefined ? [] : [rawEntry({ name: 'pax', type: 'x', content: paxRecords(entry.pax) })];
  return Buffer.concat([...extended, header(entry, content), padded(content)]);
}

export function paxRecords(records: Readonly<Record<string, string | Buffer>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([keyword, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${keyword}=`), Buffer.from(value), Buffer.from('\n')]);
      let length = rest.length + 1;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
}

/** GNU's base-256 form of a number, for a field of so many bytes. */
export function base256(value: bigint, length: number): Buffer {
  const field = Buffer.alloc(length);
  let rest = BigInt.asUintN(8 * length, value);
  for (let index = length - 1; index >= 0; index--) {
    field[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0] = (field[0] ?? 0) | 0x80;
  return field;
}

function header(entry: RawEntry, content: Buffer): Buffer {
  const block = Buffer.alloc(512);
  const type = entry.type ?? '0';
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0');
  Buffer.from(entry.name).copy(block, 0, 0, 100);
  block.write(octal(entry.mode ?? (type === '5' ? 0o755 : 0o644), 8), 100, 'latin1');
  block.write(octal(entry.uid ?? 0, 8), 108, 'latin1');
  block.write(octal(entry.gid ?? 0, 8), 116, 'latin1');
  block.write(octal(entry.size ?? content.length, 12), 124, 'latin1');
  block.write(octal(entry.mtime ?? 1_704_067_200, 12), 136, 'latin1');
  block.write(type, 156, 'latin1');
  Buffer.from(entry.linkname ?? '').copy(block, 157, 0, 100);
  block.write(entry.magic ?? 'ustar\x0000', 257, 'latin1');
  if (entry.device !== undefined) {
    block.write(octal(entry.device[0], 8), 329, 'latin1');
    block.write(octal(entry.device[1], 8), 337, 'latin1');
  }
  for (const [offset, bytes] of Object.entries(entry.raw ?? {})) Buffer.from(bytes).copy(block, Number(offset));
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
