/**
 * What the handover has on arm64 besides the player: how it finds the tape, and how it stays as a reaper. `start` stands before
 * the player's loop, `reaper` behind it. The data that it begins with are filled in by program.ts.
 */
import type { Listing } from '../tape/listing.ts';

export const start: Listing = [
  ['address:'],
  ['.quad 0', '00 00 00 00 00 00 00 00'],
  ['length:'],
  ['.quad 0', '00 00 00 00 00 00 00 00'],
  ['tape:'],
  ['.long 0', '00 00 00 00'],
  ['lifeline:'],
  ['.long 0', '00 00 00 00'],
  ['start:'],
  ['ldr x0, address', '40 ff ff 58'], // the tape’s pages, where they were: its pointers stay true
  ['ldr x1, length', '61 ff ff 58'],
  ['mov x2, #3', '62 00 80 d2'], // PROT_READ|PROT_WRITE
  ['mov x3, #0x11', '23 02 80 d2'], // MAP_SHARED|MAP_FIXED
  ['ldr w4, tape', '44 ff ff 18'],
  ['mov x5, #0', '05 00 80 d2'],
  ['mov x8, #222', 'c8 1b 80 d2'], // mmap
  ['svc #0', '01 00 00 d4'],
  ['ldr x9, address', '49 fe ff 58'],
  ['cmp x0, x9', '1f 00 09 eb'],
  ['b.ne refuse', 'a1 00 00 54'],
  ['mov x19, x0', 'f3 03 00 aa'], // x19: the tape
  ['ldr x20, [x19, #16]', '74 0a 40 f9'], // x20: the entry that started us
  ['ldr x21, [x20, #104]', '95 36 40 f9'],
  ['b advance', '20 00 00 14'], // it has succeeded
  ['refuse:'],
  ['mov x0, #126', 'c0 0f 80 d2'], // no tape: somebody else has executed us, such as an image whose command is /proc/self/exe
  ['b exit', '26 00 00 14'],
];

/** The maker of a process that `forks: 'reaper'`: what init(1) must do, and no more. */
export const reaper: Listing = [
  ['leave:'],
  ['mov x21, x0', 'f5 03 00 aa'], // x21: the program
  ['ldr x0, address', 'c0 f7 ff 58'],
  ['ldr x1, length', 'e1 f7 ff 58'],
  ['mov x8, #215', 'e8 1a 80 d2'], // munmap: nothing of the plan stays in here
  ['svc #0', '01 00 00 d4'],
  ['ldr w0, lifeline', 'e0 f7 ff 18'],
  ['mov x8, #57', '28 07 80 d2'], // close: the program’s own copy is closed by its execve
  ['svc #0', '01 00 00 d4'],
  ['mov x0, #4', '80 00 80 d2'], // PR_SET_DUMPABLE
  ['mov x1, #1', '21 00 80 d2'],
  ['mov x8, #167', 'e8 14 80 d2'], // prctl: /proc/1 is open to the container, as it is with any init
  ['svc #0', '01 00 00 d4'],
  ['mov x0, x21', 'e0 03 15 aa'],
  ['mov x1, #18', '41 02 80 d2'], // SIGCONT
  ['mov x8, #129', '28 10 80 d2'], // kill: it may go on
  ['svc #0', '01 00 00 d4'],
  ['mov x9, #-1', '09 00 80 92'], // a set of all signals; all of them are blocked since the clone
  ['stp x9, xzr, [sp, #-16]!', 'e9 7f bf a9'], // and room for a status
  ['wait:'],
  ['mov x0, sp', 'e0 03 00 91'],
  ['mov x1, #0', '01 00 80 d2'],
  ['mov x2, #0', '02 00 80 d2'],
  ['mov x3, #8', '03 01 80 d2'],
  ['mov x8, #137', '28 11 80 d2'], // rt_sigtimedwait, for as long as it takes
  ['svc #0', '01 00 00 d4'],
  ['cmn x0, #4', '1f 10 00 b1'], // EINTR: we were stopped and continued
  ['b.eq wait', '20 ff ff 54'],
  ['tbnz x0, #63, refuse', '40 f7 ff b7'],
  ['cmp x0, #17', '1f 44 00 f1'], // SIGCHLD
  ['b.eq reap', 'c0 00 00 54'],
  ['mov x1, x0', 'e1 03 00 aa'], // everything else is meant for the program
  ['mov x0, x21', 'e0 03 15 aa'],
  ['mov x8, #129', '28 10 80 d2'],
  ['svc #0', '01 00 00 d4'],
  ['b wait', 'f1 ff ff 17'],
  ['reap:'],
  ['mov x0, #-1', '00 00 80 92'], // any child, orphans included
  ['add x1, sp, #8', 'e1 23 00 91'],
  ['mov x2, #1', '22 00 80 d2'], // WNOHANG
  ['mov x3, #0', '03 00 80 d2'],
  ['mov x8, #260', '88 20 80 d2'], // wait4
  ['svc #0', '01 00 00 d4'],
  ['cmp x0, x21', '1f 00 15 eb'],
  ['b.eq ended', '80 00 00 54'],
  ['tbnz x0, #63, refuse', '40 f5 ff b7'],
  ['cbz x0, wait', 'e0 fc ff b4'],
  ['b reap', 'f6 ff ff 17'],
  ['ended:'],
  ['ldr w9, [sp, #8]', 'e9 0b 40 b9'], // the program’s status is ours: when we exit, the kernel ends what is left
  ['ands w0, w9, #0x7f', '20 19 00 72'],
  ['b.eq exited', '60 00 00 54'],
  ['add w0, w0, #128', '00 00 02 11'], // a signal ended it
  ['b exit', 'ca ff ff 17'],
  ['exited:'],
  ['ubfx w0, w9, #8, #8', '20 3d 08 53'], // it exited
  ['b exit', 'c8 ff ff 17'],
];
