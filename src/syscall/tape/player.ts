/** The machine code in this process, and the way into it. */
import { koffi } from '../koffi.ts';
import { mapCode } from '../memory.ts';
import { withSignalsBlocked } from '../signal-mask.ts';
import { type Architecture, thisArchitecture } from '../syscall-numbers.ts';
import { machineCode } from './listing.ts';
import { arm64 } from './player-arm64.ts';
import { x64 } from './player-x64.ts';

const listings = { x64, arm64 } as const;

let player: ((tape: bigint) => number) | undefined;

/**
 * Clones a child that plays the tape at this address, which must be shared memory.
 *
 * Signals are blocked around it: one that the parent meant for itself must not end the child, which has no handlers and
 * inherits the full mask.
 *
 * @returns the child's pid, or −errno
 */
export function play(tape: bigint): number {
  player ??= loadPlayer(thisArchitecture());
  const run = player;
  return withSignalsBlocked(() => run(tape));
}

/** Once for the process: the mapping stays. */
function loadPlayer(architecture: Architecture): (tape: bigint) => number {
  const code = mapCode(machineCode(listings[architecture]));
  const prototype = koffi().proto('int64_t', ['uint64_t']);
  return (tape) => Number(koffi().call(code, prototype, tape));
}
