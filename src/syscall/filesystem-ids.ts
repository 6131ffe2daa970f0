/**
 * setfsuid(2) and setfsgid(2): the ids by which this thread makes files. A filesystem that is seen through a user namespace's ids
 * takes no file from somebody who has none there, as the host's root has not: EOVERFLOW. Both calls are of the thread alone, as
 * are capabilities, and the functions of `node:fs` whose names end in Sync act on it: so for the length of one function of that
 * kind, and no longer, it can make files as somebody else. Nothing asynchronous ever runs in between.
 */
import { LINUX_CAPABILITY_VERSION } from './constants/process.ts';
import { errnoNumber } from './errno.ts';
import { LibcFunction } from './libc.ts';
import { SyscallError } from './syscall-error.ts';
import { syscallNumber, thisArchitecture } from './syscall-numbers.ts';

// By syscall(2): what glibc's own setters of ids are known for is acting on all threads.
const setID = new LibcFunction('int syscall(long number, uid_t fsid)');
const capabilities = new LibcFunction('int syscall(long number, void *hdrp, void *datap)');

/** Of struct __user_cap_data_struct, twice. */
const CAPABILITY_BYTES = 24;

/**
 * Runs `make`, which must not wait for anything, with these ids and all capabilities that this thread has.
 *
 * @throws SyscallError EPERM for who may not; what `make` throws
 */
export function makeFilesAs<T>({ uid, gid }: { readonly uid: number; readonly gid: number }, make: () => T): T {
  const [oldUID, oldGID] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  const held = readCapabilities();
  try {
    set('setfsgid', gid);
    // It takes those capabilities away that override permissions: capabilities(7) "Effect of user ID changes".
    set('setfsuid', uid);
    writeCapabilities(held);
    return make();
  } finally {
    set('setfsuid', oldUID);
    set('setfsgid', oldGID);
    writeCapabilities(held);
  }
}

/** They report no failure, but a second call tells what there is: setfsuid(2) §"RETURN VALUE". */
function set(call: 'setfsuid' | 'setfsgid', id: number): void {
  const number = syscallNumber(call, thisArchitecture());
  setID.raw(number, id);
  if (setID.raw(number, 0xffff_ffff) !== id) throw new SyscallError(call, errnoNumber('EPERM'), `${call}(${id})`);
}

function readCapabilities(): Uint8Array {
  const data = new Uint8Array(CAPABILITY_BYTES);
  const number = syscallNumber('capget', thisArchitecture());
  capabilities.call(() => 'capget({version=3, pid=0}, […])', number, header(), data);
  return data;
}

function writeCapabilities(data: Uint8Array): void {
  const number = syscallNumber('capset', thisArchitecture());
  capabilities.call(() => 'capset({version=3, pid=0}, […])', number, header(), data);
}

/** struct __user_cap_header_struct: this thread. */
function header(): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, LINUX_CAPABILITY_VERSION._LINUX_CAPABILITY_VERSION_3, true);
  return bytes;
}
