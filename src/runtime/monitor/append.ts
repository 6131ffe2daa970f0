/**
 * From a pipe to the log, by kernel calls alone. A record is whole or not there: what could not be written is taken back, its
 * bytes are counted, and the loss is told before the next record that fits.
 *
 *   record ::= seconds:i64 nanoseconds:i64 length:u32 stream:u32 data length:u32 0x676f636b:u32
 *
 * Sums are the kernel's: lseek(2) adds to a position, and `atLeast` compares.
 */
import { AT_FDCWD, buffer, constant, flags, type KernelCall, O, resultOf } from '../../syscall/index.ts';
import type { LogPlan } from './input.ts';
import { places } from './places.ts';
import { iovecs } from './structures.ts';

/** Where data lie between the pipe and the log: memory of the monitor's own, of which only what was used is there. */
export const DATA = 0x10000000;
/** What a pipe holds. */
export const LARGEST = 65_536;

const HEADER = 24;
const TRAILER = 8;
const FRAME = HEADER + TRAILER;
const LOSS = HEADER + 8 + TRAILER;
const MAGIC = 0x67_6f_63_6b;
const LOST = 3;
const SEEK_SET = constant('SEEK_SET', 0);
const SEEK_CUR = constant('SEEK_CUR', 1);
const SEEK_END = constant('SEEK_END', 2);
export const CLOCK_REALTIME = constant('CLOCK_REALTIME', 0);

const sources = {
  output: { stream: 1, text: 'stdout' },
  error: { stream: 2, text: 'stderr' },
} as const;

export interface AppendLabels {
  /** Of its first call; all its labels begin so. */
  readonly label: string;
  /** Where it leads when a record was written, or lost. */
  readonly next: string;
  /** Where there is nothing now. */
  readonly empty: string;
  /** Where there will be nothing more. */
  readonly ended: string;
}

/** One read(2), one record. */
export function append(source: keyof typeof sources, log: LogPlan, labels: AppendLabels): KernelCall[] {
  const { stream, text } = sources[source];
  const { label, next, empty, ended } = labels;
  const length = `${label}: length`;
  const [begin, end] = [`${label}: begin`, `${label}: end`];
  const [place, start] = [`${label} place`, `${label} start`];
  const head = header(stream, length);
  const record = iovecs([
    { base: head, length: HEADER },
    { base: DATA, length },
    { base: trailer(length), length: TRAILER },
  ]);
  return [
    {
      call: 'read',
      args: [places[source], { kind: 'constant', value: DATA, text: '[…]' }, largestRead(log)],
      label,
      atLeast: 1,
      on: { EAGAIN: empty },
      otherwise: ended,
      result: length,
      why: `what the container has written to its ${text}`,
    },
    { call: 'clock_gettime', args: [CLOCK_REALTIME, head], allow: 'any', why: 'when it was seen' },
    ...tellLoss(`${label} loss`, log.maxSize === undefined ? start : place),
    ...(log.maxSize === undefined ? [] : rotate(log, log.maxSize, { label: place, next: start, length })),
    {
      call: 'lseek',
      args: [places.log, 0, SEEK_END],
      label: start,
      result: begin,
      why: 'where the record begins, to be able to take it back',
    },
    { call: 'lseek', args: [places.log, resultOf(length), SEEK_CUR], result: end, why: 'and where its data would end' },
    { call: 'writev', args: [places.log, record, 3], allow: 'any', why: 'the record' },
    {
      call: 'lseek',
      args: [places.log, -FRAME, SEEK_END],
      atLeast: { kind: 'result', of: end },
      next,
      otherwise: `${label} undo`,
      why: 'is all of it there?',
    },
    {
      call: 'ftruncate',
      args: [places.log, resultOf(begin)],
      label: `${label} undo`,
      allow: 'any',
      why: 'a record is whole or not there: the disk is full',
    },
    {
      call: 'lseek',
      args: [places.counter, resultOf(length), SEEK_CUR],
      allow: 'any',
      next,
      why: 'so many bytes more are lost',
    },
  ];
}

/** Leads to `next` whether there was something to tell or not. */
export function tellLoss(label: string, next: string): KernelCall[] {
  const [count, begin] = [`${label}: count`, `${label}: begin`];
  const bytes = Buffer.alloc(LOSS);
  bytes.writeUInt32LE(8, 16);
  bytes.writeUInt32LE(LOST, 20);
  bytes.writeUInt32LE(8, HEADER + 8);
  bytes.writeUInt32LE(MAGIC, HEADER + 12);
  const record = buffer(`[{stream=lost, bytes=<${count}>}]`, bytes, [
    { offset: HEADER, kind: 'long result', of: count },
  ]);
  return [
    {
      call: 'lseek',
      args: [places.counter, 0, SEEK_CUR],
      label,
      atLeast: 1,
      otherwise: next,
      result: count,
      why: 'is there a loss that the log does not tell yet?',
    },
    { call: 'clock_gettime', args: [CLOCK_REALTIME, record], allow: 'any', why: 'when it is told' },
    { call: 'lseek', args: [places.log, 0, SEEK_END], result: begin, why: 'where the record begins' },
    {
      call: 'write',
      args: [places.log, record, LOSS],
      atLeast: LOSS,
      otherwise: `${label} undo`,
      why: 'how many bytes were lost',
    },
    { call: 'lseek', args: [places.counter, 0, SEEK_SET], next, why: 'it is told' },
    {
      call: 'ftruncate',
      args: [places.log, resultOf(begin)],
      label: `${label} undo`,
      allow: 'any',
      next,
      why: 'still full: it will be told later',
    },
  ];
}

/** A new file where the record would make this one larger than it may be. A record is never split over files. */
function rotate(
  { path, maxFiles = 1 }: LogPlan,
  maxSize: number,
  { label, next, length }: { readonly label: string; readonly next: string; readonly length: string },
): KernelCall[] {
  const fresh = `${label}: fresh`;
  const file = (index: number) => (index === 0 ? path : `${path}.${index}`);
  const older = Array.from({ length: maxFiles - 1 }, (_, index) => maxFiles - 2 - index);
  return [
    {
      call: 'lseek',
      args: [places.log, resultOf(length), SEEK_END],
      label,
      // With room for telling a loss.
      atLeast: maxSize - FRAME - LOSS + 1,
      otherwise: next,
      why: `would the record take the file past ${maxSize} bytes?`,
    },
    {
      call: 'openat',
      args: [
        AT_FDCWD,
        `${path}.new`,
        flags(O, 'O_WRONLY', 'O_CREAT', 'O_TRUNC', 'O_APPEND', 'O_CLOEXEC'),
        constant('0640', 0o640),
      ],
      result: fresh,
      otherwise: next,
      why: 'before any other is renamed, for the disk may be full',
    },
    ...older.map((index): KernelCall => rename(file(index), file(index + 1), 'one older')),
    rename(`${path}.new`, path, 'the log, for whoever looks for it by name'),
    {
      call: 'dup3',
      args: [resultOf(fresh), places.log, flags(O, 'O_CLOEXEC')],
      allow: 'any',
      why: 'from here on records go there',
    },
    { call: 'close', args: [resultOf(fresh)], allow: 'any', next, why: 'one descriptor is enough' },
  ];
}

export function rename(from: string, to: string, why: string): KernelCall {
  return { call: 'renameat2', args: [AT_FDCWD, from, AT_FDCWD, to, 0], allow: 'any', why };
}

/** A small log has small records. */
function largestRead({ maxSize }: LogPlan): number {
  if (maxSize === undefined) return LARGEST;
  return Math.min(LARGEST, Math.max(1024, maxSize - FRAME - LOSS));
}

function header(stream: number, length: string) {
  const bytes = Buffer.alloc(HEADER);
  bytes.writeUInt32LE(stream, 20);
  return buffer(`{stream=${stream}, length=<${length}>}`, bytes, [{ offset: 16, kind: 'result', of: length }]);
}

function trailer(length: string) {
  const bytes = Buffer.alloc(TRAILER);
  bytes.writeUInt32LE(MAGIC, 4);
  return buffer(`{length=<${length}>}`, bytes, [{ offset: 0, kind: 'result', of: length }]);
}
