/**
 * The calls of 32-bit x86 that also come as one: socketcall(2) and ipc(2), whose first argument says which. The others are
 * behind a pointer, where no filter can look.
 */
import { letsThrough } from './action.ts';
import type { Condition } from './condition.ts';
import type { ConditionalRule } from './rules.ts';

/** linux/net.h SYS_*: the index is the number. */
const socketCalls =
  ' socket bind connect listen accept getsockname getpeername socketpair send recv sendto recvfrom shutdown setsockopt getsockopt sendmsg recvmsg accept4 recvmmsg sendmmsg'.split(
    ' ',
  );

/** linux/ipc.h. */
const ipcCalls: Readonly<Record<string, number>> = {
  semop: 1,
  semget: 2,
  semctl: 3,
  semtimedop: 4,
  msgsnd: 11,
  msgrcv: 12,
  msgget: 13,
  msgctl: 14,
  shmat: 21,
  shmdt: 22,
  shmget: 23,
  shmctl: 24,
};

const SOCKETCALL = { name: 'socketcall', number: 102 };
const IPC = { name: 'ipc', number: 117 };

/**
 * The rule for the combined call that follows from one for `name`. A rule with conditions, which can't be looked at here, holds
 * for all such calls where it forbids, and for none where it allows: libseccomp lets a program around it.
 */
export function multiplexed(name: string, conditions: readonly Condition[], value: number) {
  const socket = socketCalls.indexOf(name);
  const which = socket > 0 ? socket : ipcCalls[name];
  if (which === undefined) return undefined;
  if (conditions.length > 0 && letsThrough(value)) return undefined;
  const condition: Condition = {
    index: 0,
    operator: 'SCMP_CMP_EQ',
    value: BigInt(which),
    mask: 0xffff_ffff_ffff_ffffn,
  };
  const rule: ConditionalRule = { conditions: [condition], value };
  return { ...(socket > 0 ? SOCKETCALL : IPC), rule };
}
