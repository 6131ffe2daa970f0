/** pipe(2). */
import { O } from './constants/file.ts';
import { LibcFunction } from './libc.ts';

const pipe2 = new LibcFunction('int pipe2(int *pipefd, int flags)');

export interface Pipe {
  readonly reader: number;
  readonly writer: number;
}

/**
 * Both ends are close-on-exec; the caller closes them.
 *
 * @param flags of O_NONBLOCK, O_DIRECT
 * @throws SyscallError
 */
export function pipe(flags = 0): Pipe {
  const fds = new Int32Array(2);
  const all = flags | O.O_CLOEXEC;
  pipe2.call(() => `pipe2([…], O_CLOEXEC|0x${flags.toString(16)})`, new Uint8Array(fds.buffer), all);
  const [reader = -1, writer = -1] = fds;
  return { reader, writer };
}
