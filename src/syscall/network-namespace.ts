/** A look into another network namespace: setns(2). Sockets stay where they were made, network_namespaces(7). */
import { closeSync, openSync } from 'node:fs';
import { CLONE } from './constants/process.ts';
import { LibcFunction } from './libc.ts';

const setns = new LibcFunction('int setns(int fd, int nstype)');

/**
 * What `act` opens and writes (sockets, /proc/sys/net) is of the namespace behind `namespace`. It must be synchronous: the thread,
 * which is there meanwhile, runs nothing else until it is back. The threads that Node has for its own work stay where they are.
 *
 * @param namespace a descriptor of /proc/PID/ns/net
 * @throws SyscallError
 */
export function inNetworkNamespace<T>(namespace: number, act: () => T): T {
  const own = openSync('/proc/thread-self/ns/net', 'r');
  try {
    enter(namespace);
    try {
      return act();
    } finally {
      enter(own);
    }
  } finally {
    closeSync(own);
  }
}

function enter(fd: number): void {
  setns.call(() => `setns(${fd}, CLONE_NEWNET)`, fd, CLONE.CLONE_NEWNET);
}
