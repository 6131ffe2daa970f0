/**
 * Memory of our own, mmap(2). It is written and read by copying: an ArrayBuffer over it would outlive the mapping,
 * and the first touch after that would end the process.
 */
import { LibcFunction } from './libc.ts';

const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_ANONYMOUS = 0x20;
/** memfd_create(2). */
const MFD_CLOEXEC = 1;
const MFD_NOEXEC_SEAL = 8;

const mmap = new LibcFunction('void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)');
const memfdCreate = new LibcFunction('int memfd_create(const char *name, unsigned int flags)');
const munmap = new LibcFunction('int munmap(void *addr, size_t length)');
const mprotect = new LibcFunction('int mprotect(void *addr, size_t len, int prot)');
const memcpy = new LibcFunction('void *memcpy(void *dest, const void *src, size_t n)');

/** An empty file in memory, close-on-exec: its descriptor, which is the caller's to close. @throws SyscallError */
export function makeMemoryFile(name: string): number {
  const fd = memfdCreate.raw(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
  if (fd >= 0) return fd;
  // Linux < 6.3 knows no MFD_NOEXEC_SEAL.
  return memfdCreate.call(() => `memfd_create("${name}", MFD_CLOEXEC)`, name, MFD_CLOEXEC);
}

/** A file as readable and writable memory that a forked child shares: its address. unmap() releases it. @throws SyscallError */
export function mapFile(file: number, length: number): bigint {
  return map(length, MAP_SHARED, file);
}

/** A copy of `code` that can be run and no longer written: its address. It is never both. @throws SyscallError */
export function mapCode(code: Uint8Array): bigint {
  const address = map(code.length, MAP_PRIVATE | MAP_ANONYMOUS, -1);
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

function map(length: number, flags: number, file: number): bigint {
  return mmap.address(
    () => `mmap(NULL, ${length}, PROT_READ|PROT_WRITE, 0x${flags.toString(16)}, ${file}, 0)`,
    null,
    length,
    PROT_READ | PROT_WRITE,
    flags,
    file,
    0,
  );
}
