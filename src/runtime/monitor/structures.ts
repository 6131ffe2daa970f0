/** The C structures of a monitor's calls, as buffers. */
import { type BufferArgument, buffer, type Field } from '../../syscall/index.ts';

const POLLIN = 1;

/** `struct pollfd`s that ask for something to read. */
export function pollSet(fds: readonly number[]): BufferArgument {
  const bytes = Buffer.alloc(8 * fds.length);
  for (const [index, fd] of fds.entries()) {
    bytes.writeInt32LE(fd, 8 * index);
    bytes.writeInt16LE(POLLIN, 8 * index + 4);
  }
  return buffer(`[${fds.map((fd) => `{fd=${fd}, events=POLLIN}`).join(', ')}]`, bytes);
}

/** `struct timespec`. */
export function timespec(milliseconds: number): BufferArgument {
  const bytes = Buffer.alloc(16);
  writeTime(bytes, 0, milliseconds);
  return buffer(`{${milliseconds} ms}`, bytes);
}

/** `struct itimerspec`. */
export function itimerspec(first: number, interval: number): BufferArgument {
  const bytes = Buffer.alloc(32);
  writeTime(bytes, 0, interval);
  writeTime(bytes, 16, first);
  return buffer(`{it_interval=${interval} ms, it_value=${first} ms}`, bytes);
}

/** `struct iovec`s; a length may be the result of an earlier call. */
export function iovecs(
  parts: readonly { readonly base: BufferArgument | number; readonly length: number | string }[],
): BufferArgument {
  const bytes = Buffer.alloc(16 * parts.length);
  const fields: Field[] = [];
  for (const [index, { base, length }] of parts.entries()) {
    const at = 16 * index;
    if (typeof base === 'number') bytes.writeBigUInt64LE(BigInt(base), at);
    else fields.push({ offset: at, kind: 'pointer', to: base });
    if (typeof length === 'number') bytes.writeBigUInt64LE(BigInt(length), at + 8);
    else fields.push({ offset: at + 8, kind: 'result', of: length });
  }
  const text = parts.map(({ base, length }) => {
    const size = typeof length === 'number' ? `${length}` : `<${length}>`;
    return `{iov_base=${typeof base === 'number' ? `0x${base.toString(16)}` : base.text}, iov_len=${size}}`;
  });
  return buffer(`[${text.join(', ')}]`, bytes, fields);
}

/** Bytes that the kernel writes. */
export function room(size: number): BufferArgument {
  return buffer('[…]', new Uint8Array(size));
}

function writeTime(bytes: Buffer, offset: number, milliseconds: number): void {
  bytes.writeBigInt64LE(BigInt(Math.floor(milliseconds / 1000)), offset);
  bytes.writeBigInt64LE(BigInt(Math.round((milliseconds % 1000) * 1_000_000)), offset + 8);
}
