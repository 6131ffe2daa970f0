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
  ['ldr x21, [x20, #104]', '95 36 40 f9'], // where a success leads
  ['cbnz x0, store', '60 00 00 b5'],
  ['ldr x10, [x20, #88]', '8a 2e 40 f9'], // where a process begins that the call has made
  ['cbnz x10, born', 'ca 03 00 b5'],
  ['store:'],
  ['str x0, [x20, #56]', '80 1e 00 f9'],
  ['ldr x10, [x20, #64]', '8a 22 40 f9'], // at least this much is success
  ['cmp x0, x10', '1f 00 0a eb'],
  ['b.ge copy', 'ca 00 00 54'],
  ['ldr x10, [x20, #72]', '8a 26 40 f9'], // lesser results that lead somewhere, 0 at their end
  ['allowed:'],
  ['ldp x21, x11, [x10], #16', '55 2d c1 a8'],
  ['cbz x21, failed', '15 02 00 b4'],
  ['cmp x0, x11', '1f 00 0b eb'],
  ['b.ne allowed', 'a1 ff ff 54'],
  ['copy:'],
  ['ldr x10, [x20, #112]', '8a 3a 40 f9'], // arguments that want the result, 0 at their end
  ['copy64:'],
  ['ldr x11, [x10], #8', '4b 85 40 f8'],
  ['cbz x11, narrow', '6b 00 00 b4'],
  ['str x0, [x11]', '60 01 00 f9'],
  ['b copy64', 'fd ff ff 17'],
  ['narrow:'],
  ['ldr x10, [x20, #120]', '8a 3e 40 f9'], // fields of buffers that want it
  ['copy32:'],
  ['ldr x11, [x10], #8', '4b 85 40 f8'],
  ['cbz x11, advance', '6b 00 00 b4'],
  ['str w0, [x11]', '60 01 00 b9'],
  ['b copy32', 'fd ff ff 17'],
  ['advance:'],
  ['cbz x21, leave', 'b5 01 00 b4'], // the maker of a new process is done
  ['mov x20, x21', 'f4 03 15 aa'],
  ['b next', 'e1 ff ff 17'],
  ['failed:'],
  ['ldr x21, [x20, #80]', '95 2a 40 f9'], // where all other failures lead
  ['cbnz x21, advance', '95 ff ff b5'],
  ['stop:'],
  ['mov x9, #1', '29 00 80 d2'],
  ['str x9, [x19, #24]', '69 0e 00 f9'], // x20's entry is the one that failed
  ['mov x0, #125', 'a0 0f 80 d2'],
  ['exit:'],
  ['mov x8, #94', 'c8 0b 80 d2'], // exit_group
  ['svc #0', '01 00 00 d4'],
  ['born:'],
  ['ldr x19, [x20, #96]', '93 32 40 f9'], // the tape of the new process: its maker stores the pid
  ['mov x20, x10', 'f4 03 0a aa'],
  ['b next', 'd7 ff ff 17'],
  ['leave:'],
  ['mov x0, #0', '00 00 80 d2'],
  ['b exit', 'fa ff ff 17'],
];
