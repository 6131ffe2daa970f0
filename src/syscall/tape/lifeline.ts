/**
 * The socket between a parent and the child that plays its tape. It says when the tape has ended (the child's end is closed
 * by execve or by death), holds the child at a gate, tells it of the parent's death, and carries descriptors to the parent.
 * These calls stand in a plan wherever it wants them; the names are given to every tape.
 */
import { flags } from '../constants/flags.ts';
import { MSG, SCM, SOL } from '../constants/socket.ts';
import { CMSGHDR, IOVEC, MSGHDR } from '../descriptor-passing.ts';
import { buffer, constant, type KernelCall, resultOf } from '../kernel-call.ts';

/** The child's end. */
export const LIFELINE = 'lifeline';
/** The parent's end, of which the child has a copy until it closes it or execve does. */
export const PARENT_LIFELINE = "parent's lifeline";

/** Waits until TapeChild.openGate(); stops the tape where the parent gives up or dies. */
export function waitAtGate(): KernelCall[] {
  return [
    {
      call: 'close',
      args: [resultOf(PARENT_LIFELINE)],
      why: 'with our copy of its end open we could not notice that the parent is gone',
    },
    {
      call: 'recvfrom',
      args: [resultOf(LIFELINE), buffer('[…]', new Uint8Array(1)), 1, 0, null, null],
      why: 'wait for the parent to write the id maps, move us into the cgroup and set up the network',
      atLeast: 1,
    },
  ];
}

/** Stops the tape where the parent has died since the gate; never waits. */
export function checkParent(): KernelCall {
  return {
    call: 'recvfrom',
    args: [resultOf(LIFELINE), buffer('[…]', new Uint8Array(1)), 1, flags(MSG, 'MSG_PEEK', 'MSG_DONTWAIT'), null, null],
    why: 'a parent that died before its death could signal us is noticed here',
    atLeast: 1,
    allow: ['EAGAIN'],
  };
}

/** Passes the descriptor that is an earlier entry's result to the parent: TapeChild.settled() brings it. */
export function handOver(name: string, why: string): KernelCall {
  const iovec = new Uint8Array(IOVEC.size);
  new DataView(iovec.buffer).setBigUint64(IOVEC.len, 1n, true);
  const control = new Uint8Array(CMSGHDR.size);
  const rights = new DataView(control.buffer);
  rights.setBigUint64(CMSGHDR.len, BigInt(CMSGHDR.data + 4), true);
  rights.setInt32(CMSGHDR.level, SOL.SOL_SOCKET, true);
  rights.setInt32(CMSGHDR.type, SCM.SCM_RIGHTS, true);
  const header = new Uint8Array(MSGHDR.size);
  const message = new DataView(header.buffer);
  message.setBigUint64(MSGHDR.iovlen, 1n, true);
  message.setBigUint64(MSGHDR.controllen, BigInt(CMSGHDR.size), true);

  const byte = buffer('"\\0"', new Uint8Array(1));
  const base = buffer('[…]', iovec, [{ offset: IOVEC.base, kind: 'pointer', to: byte }]);
  const descriptor = buffer('[…]', control, [{ offset: CMSGHDR.data, kind: 'result', of: name }]);
  const text = `{msg_iov=["\\0"], msg_control=[{cmsg_type=SCM_RIGHTS, cmsg_data=[<${name}>]}]}`;
  const fields = [
    { offset: MSGHDR.iov, kind: 'pointer', to: base },
    { offset: MSGHDR.control, kind: 'pointer', to: descriptor },
  ] as const;
  return {
    call: 'sendmsg',
    args: [resultOf(LIFELINE), buffer(text, header, fields), constant('MSG_NOSIGNAL', MSG.MSG_NOSIGNAL)],
    why,
    atLeast: 1,
  };
}
