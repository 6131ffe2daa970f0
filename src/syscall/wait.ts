/** waitid(2): how a child ended, and the end of its zombie. */
import { P, W } from './constants/process.ts';
import { LibcFunction } from './libc.ts';

/** What is left of an ended process. `signal` is a number: realtime signals have no names. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signaled'; readonly signal: number; readonly coreDumped: boolean };

const CLD_EXITED = 1;
const CLD_DUMPED = 3;
/** Offsets in siginfo_t, the same on x86-64 and arm64. */
const SIGINFO = { code: 8, pid: 16, status: 24, size: 128 } as const;

const waitid = new LibcFunction('int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options)');

/**
 * Reaps a child by its pidfd. Never waits.
 *
 * @returns undefined while it runs
 * @throws SyscallError ECHILD where it is no child of ours, or was reaped already
 */
export function reap(pidfd: number): ExitStatus | undefined {
  const info = new Uint8Array(SIGINFO.size);
  const options = W.WEXITED | W.WNOHANG;
  waitid.call(() => `waitid(P_PIDFD, ${pidfd}, […], WEXITED|WNOHANG)`, P.P_PIDFD, pidfd, info, options);
  const view = new DataView(info.buffer);
  if (view.getInt32(SIGINFO.pid, true) === 0) return undefined;
  const code = view.getInt32(SIGINFO.code, true);
  const status = view.getInt32(SIGINFO.status, true);
  if (code === CLD_EXITED) return { kind: 'exited', exitCode: status };
  return { kind: 'signaled', signal: status, coreDumped: code === CLD_DUMPED };
}
