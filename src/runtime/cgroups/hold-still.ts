/**
 * A cgroup that stands still for as long as somebody looks at it. Should that one be killed, nobody would set it going again: so a
 * child waits beside it that does nothing but that, when its parent says so or is gone.
 */
import {
  AT_FDCWD,
  buffer,
  cloneAndPlay,
  flags,
  type KernelCall,
  LIFELINE,
  O,
  PARENT_LIFELINE,
  resultOf,
} from '../../syscall/index.ts';
import { freezeCgroup, thawing } from './freeze.ts';

/**
 * Runs `act` while all processes of the cgroup are frozen.
 *
 * @param name as in the spec: `gocker/<id>`
 * @throws GockerError `FREEZER_MISSING`, `FREEZER_BUSY`; what `act` throws
 */
export async function whileFrozen<T>(name: string, act: () => Promise<T>): Promise<T> {
  const child = cloneAndPlay(planThaw(thawing(name)));
  try {
    await freezeCgroup(name, true);
    return await act();
  } finally {
    child.openGate();
    await child.exited();
  }
}

function planThaw({ file, word }: { readonly file: string; readonly word: string }): KernelCall[] {
  return [
    {
      call: 'openat',
      args: [AT_FDCWD, file, flags(O, 'O_WRONLY', 'O_CLOEXEC')],
      result: 'freezer',
      why: 'before it is needed: there is no freezing what can’t be thawed',
    },
    {
      call: 'close',
      args: [resultOf(PARENT_LIFELINE)],
      why: 'with our copy of its end open we could not notice that the parent is gone',
    },
    {
      call: 'recvfrom',
      args: [resultOf(LIFELINE), buffer('[…]', new Uint8Array(1)), 1, 0, null, null],
      why: 'wait for the parent to have seen enough, or to end',
      allow: 'any',
    },
    {
      call: 'write',
      args: [resultOf('freezer'), word, word.length],
      why: 'all goes on',
      // Its container has ended meanwhile.
      allow: 'any',
    },
  ];
}
