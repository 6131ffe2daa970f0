/** ioctl_tty(2) §"Get and set window size": how many rows and columns a terminal has. */
import { TIOC } from './constants/socket.ts';
import { LibcFunction } from './libc.ts';

const ioctl = new LibcFunction('int ioctl(int fd, unsigned long op, void *argp)');

/**
 * Tells a terminal its size, and its foreground processes by SIGWINCH.
 *
 * @param fd either side of the pair
 * @throws SyscallError
 */
export function setWindowSize(fd: number, size: { readonly rows: number; readonly columns: number }): void {
  const { rows, columns } = size;
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, rows, true);
  view.setUint16(2, columns, true);
  const print = () => `ioctl(${fd}, TIOCSWINSZ, {ws_row=${rows}, ws_col=${columns}})`;
  ioctl.call(print, fd, TIOC.TIOCSWINSZ, bytes);
}
