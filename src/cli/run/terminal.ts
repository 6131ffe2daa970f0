/** The user's terminal while a container has it: raw, and given back as it was, however we leave. */
import { type ConsoleSize, type Container, makeRaw } from '../../engine/index.ts';

/** Of the terminal that output goes to; undefined where there is none. */
export function consoleSize(): ConsoleSize | undefined {
  const stream = [process.stdout, process.stderr].find(({ isTTY }) => isTTY);
  return stream === undefined ? undefined : { rows: stream.rows, columns: stream.columns };
}

/**
 * The container's terminal keeps the size of this one. With `interactive`, every key goes to the container, Ctrl-C too: its
 * own terminal makes signals of them.
 *
 * @returns what gives the terminal back; it also runs at the process's exit
 */
export function lendTerminal(container: Pick<Container, 'resize'>, interactive: boolean): () => void {
  const restore = interactive && process.stdin.isTTY ? makeRaw(process.stdin.fd) : () => {};
  const resize = () => {
    const size = consoleSize();
    if (size !== undefined) container.resize(size);
  };
  process.once('exit', restore);
  process.on('SIGWINCH', resize);
  // It may have changed between the start and now.
  resize();
  return () => {
    process.off('SIGWINCH', resize);
    process.off('exit', restore);
    restore();
  };
}
