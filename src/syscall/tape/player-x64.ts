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
  ['mov r12, [rbp+104]', '4c 8b 65 68'], // where a success leads
  ['test rax, rax', '48 85 c0'],
  ['jnz store', '75 09'],
  ['mov rsi, [rbp+88]', '48 8b 75 58'], // where a process begins that the call has made
  ['test rsi, rsi', '48 85 f6'],
  ['jnz born', '75 73'],
  ['store:'],
  ['mov [rbp+56], rax', '48 89 45 38'],
  ['cmp rax, [rbp+64]', '48 3b 45 40'], // at least this much is success
  ['jge copy', '7d 16'],
  ['mov rsi, [rbp+72]', '48 8b 75 48'], // lesser results that lead somewhere, 0 at their end
  ['allowed:'],
  ['mov r12, [rsi]', '4c 8b 26'],
  ['test r12, r12', '4d 85 e4'],
  ['jz failed', '74 40'],
  ['cmp rax, [rsi+8]', '48 3b 46 08'],
  ['lea rsi, [rsi+16]', '48 8d 76 10'],
  ['jne allowed', '75 ee'],
  ['copy:'],
  ['mov rsi, [rbp+112]', '48 8b 75 70'], // arguments that want the result, 0 at their end
  ['copy64:'],
  ['mov rdx, [rsi]', '48 8b 16'],
  ['test rdx, rdx', '48 85 d2'],
  ['jz narrow', '74 09'],
  ['mov [rdx], rax', '48 89 02'],
  ['add rsi, 8', '48 83 c6 08'],
  ['jmp copy64', 'eb ef'],
  ['narrow:'],
  ['mov rsi, [rbp+120]', '48 8b 75 78'], // fields of buffers that want it
  ['copy32:'],
  ['mov rdx, [rsi]', '48 8b 16'],
  ['test rdx, rdx', '48 85 d2'],
  ['jz advance', '74 08'],
  ['mov [rdx], eax', '89 02'],
  ['add rsi, 8', '48 83 c6 08'],
  ['jmp copy32', 'eb f0'],
  ['advance:'],
  ['mov rbp, r12', '4c 89 e5'],
  ['test rbp, rbp', '48 85 ed'],
  ['jz leave', '74 2e'], // the maker of a new process is done
  ['jmp next', 'e9 76 ff ff ff'],
  ['failed:'],
  ['mov r12, [rbp+80]', '4c 8b 65 50'], // where all other failures lead
  ['test r12, r12', '4d 85 e4'],
  ['jnz advance', '75 ea'],
  ['stop:'],
  ['mov qword ptr [rbx+24], 1', '48 c7 43 18 01 00 00 00'], // rbp's entry is the one that failed
  ['mov edi, 125', 'bf 7d 00 00 00'],
  ['exit:'],
  ['mov eax, 231', 'b8 e7 00 00 00'], // exit_group
  ['syscall', '0f 05'],
  ['born:'],
  ['mov rbx, [rbp+96]', '48 8b 5d 60'], // the tape of the new process: its maker stores the pid
  ['mov rbp, rsi', '48 89 f5'],
  ['jmp next', 'e9 4d ff ff ff'],
  ['leave:'],
  ['xor edi, edi', '31 ff'],
  ['jmp exit', 'eb e9'],
];
