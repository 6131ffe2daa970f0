/**
 * The tape's player for arm64: `play(tape)` clones; the parent returns clone3's result, the child plays entry after
 * entry until an execve takes over, an exit ends it, or a failure that its entry does not allow stops it. The offsets are
 * those of memory-format.ts. System calls: syscall(2) §"Architecture calling conventions"; only x0 changes over one.
 *
 * The child touches no stack, no libc and nothing of V8's, whose memory a fork does not even copy: it runs on registers,
 * this code and the tape. A test assembles the text again and compares.
 */
import type { Listing } from './listing.ts';

export const arm64: Listing = [
  ['play:'],
  ['mov x9, x0', 'e9 03 00 aa'], // the tape, in a register that the kernel leaves alone
  ['ldr x0, [x9]', '20 01 40 f9'], // clone_args
  ['mov x1, #88', '01 0b 80 d2'], // their size
  ['mov x8, #435', '68 36 80 d2'], // clone3
  ['svc #0', '01 00 00 d4'],
  ['cbz x0, child', '40 00 00 b4'],
  ['ret', 'c0 03 5f d6'], // the parent: pid, or −errno
  ['child:'],
  ['mov x19, x9', 'f3 03 09 aa'], // x19: the tape
  ['ldr x20, [x19, #8]', '74 06 40 f9'], // x20: the entry
  ['next:'],
  ['str x20, [x19, #16]', '74 0a 00 f9'], // which one is under way
  ['ldr x8, [x20]', '88 02 40 f9'],
  ['ldp x0, x1, [x20, #8]', '80 86 40 a9'],
  ['ldp x2, x3, [x20, #24]', '82 8e 41 a9'],
  ['ldp x4, x5, [x20, #40]', '84 96 42 a9'],
  ['svc #0', '01 00 00 d4'],
  ['ldr x21, [x20, #80]', '95 2a 40 f9'], // does it fork?
  ['cbz x21, store', '55 00 00 b4'],
  ['cbz x0, passed', '40 01 00 b4'], // the new process: its maker stores the pid
  ['store:'],
  ['str x0, [x20, #56]', '80 1e 00 f9'],
  ['ldr x10, [x20, #64]', '8a 22 40 f9'], // at least this much is success
  ['cmp x0, x10', '1f 00 0a eb'],
  ['b.ge passed', 'ca 00 00 54'],
  ['ldr x10, [x20, #72]', '8a 26 40 f9'], // failures that are allowed, 0 at their end
  ['allowed:'],
  ['ldr x11, [x10], #8', '4b 85 40 f8'],
  ['cbz x11, stop', '4b 02 00 b4'],
  ['cmp x0, x11', '1f 00 0b eb'],
  ['b.ne allowed', 'a1 ff ff 54'],
  ['passed:'],
  ['cbz x21, copy', '75 00 00 b4'],
  ['cmp x0, #0', '1f 00 00 f1'],
  ['b.gt leave', '4c 02 00 54'], // the maker of a new process is done
  ['copy:'],
  ['ldr x10, [x20, #88]', '8a 2e 40 f9'], // arguments that want the result, 0 at their end
  ['copy64:'],
  ['ldr x11, [x10], #8', '4b 85 40 f8'],
  ['cbz x11, narrow', '6b 00 00 b4'],
  ['str x0, [x11]', '60 01 00 f9'],
  ['b copy64', 'fd ff ff 17'],
  ['narrow:'],
  ['ldr x10, [x20, #96]', '8a 32 40 f9'], // fields of buffers that want it
  ['copy32:'],
  ['ldr x11, [x10], #8', '4b 85 40 f8'],
  ['cbz x11, advance', '6b 00 00 b4'],
  ['str w0, [x11]', '60 01 00 b9'],
  ['b copy32', 'fd ff ff 17'],
  ['advance:'],
  ['add x20, x20, #104', '94 a2 01 91'],
  ['b next', 'e0 ff ff 17'],
  ['stop:'],
  ['mov x9, #1', '29 00 80 d2'],
  ['str x9, [x19, #24]', '69 0e 00 f9'], // x20's entry is the one that failed
  ['mov x0, #125', 'a0 0f 80 d2'],
  ['exit:'],
  ['mov x8, #94', 'c8 0b 80 d2'], // exit_group
  ['svc #0', '01 00 00 d4'],
  ['leave:'],
  ['mov x0, #0', '00 00 80 d2'],
  ['b exit', 'fd ff ff 17'],
];
