/**
 * What the handover has on x86-64 besides the player: how it finds the tape, and how it stays as a reaper. `start` stands before
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
  ['mov rdi, address[rip]', '48 8b 3d e1 ff ff ff'], // the tape’s pages, where they were: its pointers stay true
  ['mov rsi, length[rip]', '48 8b 35 e2 ff ff ff'],
  ['mov edx, 3', 'ba 03 00 00 00'], // PROT_READ|PROT_WRITE
  ['mov r10d, 0x11', '41 ba 11 00 00 00'], // MAP_SHARED|MAP_FIXED
  ['mov r8d, tape[rip]', '44 8b 05 d8 ff ff ff'],
  ['xor r9d, r9d', '45 31 c9'],
  ['mov eax, 9', 'b8 09 00 00 00'], // mmap
  ['syscall', '0f 05'],
  ['cmp rax, address[rip]', '48 3b 05 b7 ff ff ff'],
  ['jne refuse', '75 10'],
  ['mov rbx, rax', '48 89 c3'], // rbx: the tape
  ['mov rbp, [rbx+16]', '48 8b 6b 10'], // rbp: the entry that started us
  ['mov r12, [rbp+104]', '4c 8b 65 68'],
  ['jmp advance', 'e9 87 00 00 00'], // it has succeeded
  ['refuse:'],
  ['mov edi, 126', 'bf 7e 00 00 00'], // no tape: somebody else has executed us, such as an image whose command is /proc/self/exe
  ['jmp exit', 'e9 a0 00 00 00'],
];

/** The maker of a process that `forks: 'reaper'`: what init(1) must do, and no more. */
export const reaper: Listing = [
  ['leave:'],
  ['mov r12d, eax', '41 89 c4'], // r12: the program
  ['mov rdi, address[rip]', '48 8b 3d de fe ff ff'],
  ['mov rsi, length[rip]', '48 8b 35 df fe ff ff'],
  ['mov eax, 11', 'b8 0b 00 00 00'], // munmap: nothing of the plan stays in here
  ['syscall', '0f 05'],
  ['mov edi, lifeline[rip]', '8b 3d de fe ff ff'],
  ['mov eax, 3', 'b8 03 00 00 00'], // close: the program’s own copy is closed by its execve
  ['syscall', '0f 05'],
  ['mov edi, 4', 'bf 04 00 00 00'], // PR_SET_DUMPABLE
  ['mov esi, 1', 'be 01 00 00 00'],
  ['mov eax, 157', 'b8 9d 00 00 00'], // prctl: /proc/1 is open to the container, as it is with any init
  ['syscall', '0f 05'],
  ['mov edi, r12d', '44 89 e7'],
  ['mov esi, 18', 'be 12 00 00 00'], // SIGCONT
  ['mov eax, 62', 'b8 3e 00 00 00'], // kill: it may go on
  ['syscall', '0f 05'],
  ['push 0', '6a 00'], // room for a status
  ['push -1', '6a ff'], // a set of all signals; all of them are blocked since the clone
  ['wait:'],
  ['mov rdi, rsp', '48 89 e7'],
  ['xor esi, esi', '31 f6'],
  ['xor edx, edx', '31 d2'],
  ['mov r10d, 8', '41 ba 08 00 00 00'],
  ['mov eax, 128', 'b8 80 00 00 00'], // rt_sigtimedwait, for as long as it takes
  ['syscall', '0f 05'],
  ['cmp eax, -4', '83 f8 fc'], // EINTR: we were stopped and continued
  ['je wait', '74 e7'],
  ['test eax, eax', '85 c0'],
  ['js refuse', '0f 88 d9 fe ff ff'],
  ['cmp eax, 17', '83 f8 11'], // SIGCHLD
  ['je reap', '74 0e'],
  ['mov edi, r12d', '44 89 e7'],
  ['mov esi, eax', '89 c6'], // everything else is meant for the program
  ['mov eax, 62', 'b8 3e 00 00 00'],
  ['syscall', '0f 05'],
  ['jmp wait', 'eb cc'],
  ['reap:'],
  ['mov rdi, -1', '48 c7 c7 ff ff ff ff'], // any child, orphans included
  ['lea rsi, [rsp+8]', '48 8d 74 24 08'],
  ['mov edx, 1', 'ba 01 00 00 00'], // WNOHANG
  ['xor r10d, r10d', '45 31 d2'],
  ['mov eax, 61', 'b8 3d 00 00 00'], // wait4
  ['syscall', '0f 05'],
  ['cmp eax, r12d', '44 39 e0'],
  ['je ended', '74 0c'],
  ['test eax, eax', '85 c0'],
  ['js refuse', '0f 88 9e fe ff ff'],
  ['jz wait', '74 a2'],
  ['jmp reap', 'eb d4'],
  ['ended:'],
  ['mov eax, [rsp+8]', '8b 44 24 08'], // the program’s status is ours: when we exit, the kernel ends what is left
  ['mov edi, eax', '89 c7'],
  ['and edi, 127', '83 e7 7f'],
  ['jz exited', '74 0b'],
  ['add edi, 128', '81 c7 80 00 00 00'], // a signal ended it
  ['jmp exit', 'e9 2e ff ff ff'],
  ['exited:'],
  ['movzx edi, ah', '0f b6 fc'], // it exited
  ['jmp exit', 'e9 26 ff ff ff'],
];
