/** termios(3): the modes of the user's terminal while a container's terminal is shown on it. */
import { LibcFunction } from './libc.ts';

const tcgetattr = new LibcFunction('int tcgetattr(int fd, void *termios_p)');
const tcsetattr = new LibcFunction('int tcsetattr(int fd, int optional_actions, void *termios_p)');
const cfmakeraw = new LibcFunction('void cfmakeraw(void *termios_p)');

/** `struct termios` of glibc and musl has 60 bytes. */
const TERMIOS_BYTES = 64;
/** Output that was written before goes out in the old mode. */
const TCSADRAIN = 1;

/**
 * Raw in both directions, unlike Node's setRawMode(), which goes on putting a carriage return before each newline: what
 * draws its own screen would be drawn askew.
 *
 * @returns what gives the terminal its modes back
 * @throws SyscallError ENOTTY
 */
export function makeRaw(fd: number): () => void {
  const before = new Uint8Array(TERMIOS_BYTES);
  tcgetattr.call(() => `tcgetattr(${fd}, …)`, fd, before);
  const raw = before.slice();
  cfmakeraw.raw(raw);
  setModes(fd, raw);
  return () => setModes(fd, before);
}

function setModes(fd: number, modes: Uint8Array): void {
  tcsetattr.call(() => `tcsetattr(${fd}, TCSADRAIN, …)`, fd, TCSADRAIN, modes);
}
