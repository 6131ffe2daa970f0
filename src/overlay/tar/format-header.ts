/**
 * One entry as it stands before its content: what tar-stream's own header can say, and a pax extended header for all else.
 * tar-stream writes pax records as text alone, so ours are made here, where names and values are bytes; and it takes no content
 * for entries of their type, so their header is, too. POSIX.1-2017 pax §"pax Extended Header", §"ustar Interchange Format".
 */
import type { Header } from 'tar-stream';
import { GockerError } from '../../errors/index.ts';
import type { Timespec } from '../../syscall/index.ts';
import { type ByteString, shown } from './byte-string.ts';
import type { TarEntry } from './tar-entry.ts';

export interface FormattedHeader {
  /** To be written before; undefined where the header says it all. */
  readonly pax: Buffer | undefined;
  readonly header: Pick<Header, 'name'> & Partial<Header>;
}

const BLOCK = 512;
/** Of a name in ustar without its prefix. */
const LONGEST_NAME = 100;
/** As tar-stream writes them: six octal digits. */
const GREATEST_ID = 0o777777;
/** tar-stream reads mode 0 as none given; bits above those of a mode don't reach the archive. */
const SOME_MODE = 0o100000;

/** @throws GockerError `TAR_DEVICE_UNSUPPORTED` for a number that ustar's fields have no room for */
export function formatHeader(entry: TarEntry): FormattedHeader {
  const { kind, uid, gid, mtime, device } = entry;
  if (Math.max(device.major, device.minor) > GREATEST_ID) throw deviceTooHigh(entry);
  const name = kind === 'directory' ? (`${entry.name}/` as ByteString) : entry.name;
  const records = paxRecords(entry, name);
  return {
    pax: records.size === 0 ? undefined : paxHeader(records),
    header: {
      name: plainName(name),
      type: kind === 'hardlink' ? 'link' : kind,
      mode: SOME_MODE | entry.mode,
      uid: Math.min(uid, GREATEST_ID),
      gid: Math.min(gid, GREATEST_ID),
      size: entry.size,
      mtime: new Date(fitsHeader(mtime) ? mtime.seconds * 1000 : 0),
      devmajor: device.major,
      devminor: device.minor,
      ...(entry.linkname === '' ? {} : { linkname: plainName(entry.linkname) }),
    },
  };
}

function paxRecords({ linkname, uid, gid, mtime, xattrs }: TarEntry, name: ByteString): Map<string, string | Buffer> {
  const records = new Map<string, string | Buffer>();
  if (!isPlain(name)) records.set('path', name);
  if (!isPlain(linkname)) records.set('linkpath', linkname);
  if (uid > GREATEST_ID) records.set('uid', String(uid));
  if (gid > GREATEST_ID) records.set('gid', String(gid));
  if (mtime.nanoseconds !== 0 || !fitsHeader(mtime)) records.set('mtime', formatTime(mtime));
  for (const [attribute, value] of [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // A keyword ends at the first "=", which the kernel takes for a letter like any other: star and Go can't say such a name.
    if (!attribute.includes('=')) records.set(`SCHILY.xattr.${attribute}`, value);
    else records.set(`LIBARCHIVE.xattr.${attribute.replace(/[%=]/g, percent)}`, value.toString('base64'));
  }
  return records;
}

/** What every reader takes for the same name, if it reads the header alone. */
function isPlain(name: ByteString): boolean {
  return name.length <= LONGEST_NAME && /^[\x20-\x7e]*$/.test(name);
}

/** Something like the name, for readers that know no pax. */
function plainName(name: ByteString): string {
  if (isPlain(name)) return name;
  const end = name.endsWith('/') ? '/' : '';
  return name.replace(/[^\x20-\x7e]/g, '_').slice(0, LONGEST_NAME - end.length) + end;
}

/** tar-stream keeps 31 bits of seconds. */
function fitsHeader({ seconds }: Timespec): boolean {
  return seconds >= 0 && seconds < 2 ** 31;
}

/** Decimal seconds; a timespec before 1970 counts its nanoseconds forwards: −2 s + 0.75 s is "-1.25". */
export function formatTime({ seconds, nanoseconds }: Timespec): string {
  const isBefore = seconds < 0;
  const whole = isBefore && nanoseconds > 0 ? -seconds - 1 : Math.abs(seconds);
  const rest = isBefore && nanoseconds > 0 ? 1e9 - nanoseconds : nanoseconds;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
  return `${isBefore ? '-' : ''}${whole}${fraction}`;
}

/** The extended header with its records, padded to whole blocks. */
function paxHeader(records: ReadonlyMap<string, string | Buffer>): Buffer {
  const content = Buffer.concat([...records].map(([keyword, value]) => paxRecord(keyword, value)));
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write('PaxHeader', 0, 'latin1');
  block.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8), 100, 'latin1');
  block.write(octal(content.length, 12) + octal(0, 12), 124, 'latin1');
  block.write('x', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([block, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

/** The length counts itself. */
function paxRecord(keyword: string, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const rest = Buffer.concat([Buffer.from(` ${keyword}=`, 'latin1'), bytes, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
}

function deviceTooHigh({ name, device }: TarEntry): GockerError {
  return new GockerError(
    'TAR_DEVICE_UNSUPPORTED',
    `cannot pack ${shown(name)}: device ${device.major}:${device.minor} (expected numbers up to ${GREATEST_ID})`,
    { hint: 'A tar header has no room for it: remove the node first.' },
  );
}
