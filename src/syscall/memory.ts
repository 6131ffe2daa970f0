/**
 * Anonymous memory of our own, mmap(2). It is written and read by copying: an ArrayBuffer over it would outlive the mapping,
 * and the first touch after that would end the process.
 */
import { LibcFunction } from './libc.ts';

const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS = 0x20;

const mmap = new LibcFunction('void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)');
const munmap = new LibcFunction('int munmap(void *addr, size_t length)');
const mprotect = new LibcFunction('int mprotect(void *addr, size_t len, int prot)');
const memcpy = new LibcFunction('void *memcpy(void *dest, const void *src, size_t n)');

/** Readable and writable memory that a forked child shares: its address. munmap() releases it. @throws SyscallError */
export function mapShared(length: number): bigint {
  return map(length, MAP_SHARED);
}

/** A copy of `code` that can be run and no longer written: its address. It is never both. @throws SyscallError */
export function mapCode(code: Uint8Array): bigint {
  const address = map(code.length, MAP_PRIVATE);
  writeMemory(address, code);
  // arm64: the kernel brings the instruction cache up to date when it first maps a page executable.
  mprotect.call(
    () => `mprotect(0x${address.toString(16)}, ${code.length}, PROT_READ|PROT_EXEC)`,
    address,
    code.length,
    PROT_READ | PROT_EXEC,
  );
  return address;
}

/** @throws SyscallError */
export function unmap(address: bigint, length: number): void {
  munmap.call(() => `munmap(0x${address.toString(16)}, ${length})`, address, length);
}

/** The memory must be mapped. */
export function writeMemory(address: bigint, bytes: Uint8Array): void {
  memcpy.address(() => 'memcpy()', address, bytes, bytes.length);
}

/** A copy; the memory must be mapped. */
export function readMemory(address: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  memcpy.address(() => 'memcpy()', bytes, address, length);
  return bytes;
}

function map(length: number, sharing: number): bigint {
  const flags = sharing | MAP_ANONYMOUS;
  return mmap.address(
    () => `mmap(NULL, ${length}, PROT_READ|PROT_WRITE, 0x${flags.toString(16)}, -1, 0)`,
    null,
    length,
    PROT_READ | PROT_WRITE,
    flags,
    -1,
    0,
  );
}
