/**
 * The tape's player for x86-64: `play(tape)` clones; the parent returns clone3's result, the child plays entry after
 * entry until an execve takes over, an exit ends it, or a failure that its entry does not allow stops it. The offsets are
 * those of memory-format.ts. System calls: syscall(2) §"Architecture calling conventions"; only rax, rcx and r11 change over one.
 *
 * The child touches no stack, no libc and nothing of V8's, whose memory a fork does not even copy: it runs on registers,
 * this code and the tape. A test assembles the text again and compares.
 */
import type { Listing } from './listing.ts';

export const x64: Listing = [
  ['play:'],
  ['mov rdx, rdi', '48 89 fa'], // the tape, in a register that the kernel leaves alone
  ['mov rdi, [rdx]', '48 8b 3a'], // clone_args
  ['mov esi, 88', 'be 58 00 00 00'], // their size
  ['mov eax, 435', 'b8 b3 01 00 00'], // clone3
  ['syscall', '0f 05'],
  ['test rax, rax', '48 85 c0'],
  ['jz child', '74 01'],
  ['ret', 'c3'], // the parent: pid, or −errno
  ['child:'],
  ['mov rbx, rdx', '48 89 d3'], // rbx: the tape
  ['mov rbp, [rbx+8]', '48 8b 6b 08'], // rbp: the entry
  ['next:'],
  ['mov [rbx+16], rbp', '48 89 6b 10'], // which one is under way
  ['mov rax, [rbp]', '48 8b 45 00'],
  ['mov rdi, [rbp+8]', '48 8b 7d 08'],
  ['mov rsi, [rbp+16]', '48 8b 75 10'],
  ['mov rdx, [rbp+24]', '48 8b 55 18'],
  ['mov r10, [rbp+32]', '4c 8b 55 20'],
  ['mov r8, [rbp+40]', '4c 8b 45 28'],
  ['mov r9, [rbp+48]', '4c 8b 4d 30'],
  ['syscall', '0f 05'],
  ['mov r12, [rbp+80]', '4c 8b 65 50'], // does it fork?
  ['test r12, r12', '4d 85 e4'],
  ['jz store', '74 05'],
  ['test rax, rax', '48 85 c0'],
  ['jz passed', '74 1f'], // the new process: its maker stores the pid
  ['store:'],
  ['mov [rbp+56], rax', '48 89 45 38'],
  ['cmp rax, [rbp+64]', '48 3b 45 40'], // at least this much is success
  ['jge passed', '7d 15'],
  ['mov rsi, [rbp+72]', '48 8b 75 48'], // failures that are allowed, 0 at their end
  ['allowed:'],
  ['mov rdx, [rsi]', '48 8b 16'],
  ['test rdx, rdx', '48 85 d2'],
  ['jz stop', '74 45'],
  ['add rsi, 8', '48 83 c6 08'],
  ['cmp rax, rdx', '48 39 d0'],
  ['jne allowed', '75 ef'],
  ['passed:'],
  ['test r12, r12', '4d 85 e4'],
  ['jz copy', '74 05'],
  ['test rax, rax', '48 85 c0'],
  ['jg leave', '7f 46'], // the maker of a new process is done
  ['copy:'],
  ['mov rsi, [rbp+88]', '48 8b 75 58'], // arguments that want the result, 0 at their end
  ['copy64:'],
  ['mov rdx, [rsi]', '48 8b 16'],
  ['test rdx, rdx', '48 85 d2'],
  ['jz narrow', '74 09'],
  ['mov [rdx], rax', '48 89 02'],
  ['add rsi, 8', '48 83 c6 08'],
  ['jmp copy64', 'eb ef'],
  ['narrow:'],
  ['mov rsi, [rbp+96]', '48 8b 75 60'], // fields of buffers that want it
  ['copy32:'],
  ['mov rdx, [rsi]', '48 8b 16'],
  ['test rdx, rdx', '48 85 d2'],
  ['jz advance', '74 08'],
  ['mov [rdx], eax', '89 02'],
  ['add rsi, 8', '48 83 c6 08'],
  ['jmp copy32', 'eb f0'],
  ['advance:'],
  ['add rbp, 104', '48 83 c5 68'],
  ['jmp next', 'e9 75 ff ff ff'],
  ['stop:'],
  ['mov qword ptr [rbx+24], 1', '48 c7 43 18 01 00 00 00'], // rbp's entry is the one that failed
  ['mov edi, 125', 'bf 7d 00 00 00'],
  ['exit:'],
  ['mov eax, 231', 'b8 e7 00 00 00'], // exit_group
  ['syscall', '0f 05'],
  ['leave:'],
  ['xor edi, edi', '31 ff'],
  ['jmp exit', 'eb f5'],
];
