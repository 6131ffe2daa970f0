/** Waiting for descriptors that Node has no streams for (pidfds, sockets with descriptors in them), in Node's own event loop. */
import { koffi } from './koffi.ts';

/**
 * Resolves once `fd` has something to read or its other end is gone; for a pidfd, once the process has ended. Keeps the event
 * loop alive until then. The descriptor stays the caller's and becomes non-blocking.
 */
export function readable(fd: number): Promise<void> {
  return new Promise((resolve) => {
    const handle = koffi().node.poll(fd, { readable: true }, () => {
      handle.close();
      resolve();
    });
  });
}
