/** `run` of a container that has a monitor, so that its user may leave it: started, and attended until it ends. */
import type { Engine, RunOptions } from '../../engine/index.ts';
import type { Context } from '../command.ts';
import { attendAttached } from './attendance.ts';
import type { CidFile } from './cid-file.ts';
import { defaultDetachKeys, parseDetachKeys } from './detach-keys.ts';
import { formatCalls } from './explain.ts';
import { describeOom } from './oom.ts';
import type { RunFlags } from './run-flags.ts';
import type { PullShow } from './show-pull.ts';
import type { SignalRelay } from './signals.ts';
import { consoleSize } from './terminal.ts';

interface Attended {
  readonly options: RunOptions;
  readonly context: Context;
  readonly relay: SignalRelay;
  readonly pull: PullShow;
  readonly cidFile: CidFile;
}

/** @returns the exit code; 0 where the user left it by the detach keys */
export async function attended(
  engine: Engine,
  flags: RunFlags,
  { options, context, relay, pull, cidFile }: Attended,
): Promise<number> {
  const detachKeys = parseDetachKeys(flags.detachKeys ?? defaultDetachKeys, 'run');
  const size = options.tty === true ? consoleSize() : undefined;
  const sized = size === undefined ? options : { ...options, consoleSize: size };
  const container = await engine.runAttached({ ...sized, closeStdin: true }).finally(pull.close);
  cidFile.write(container.id);
  const calls = flags.explain === undefined ? [] : await engine.explainContainer(container.id);
  const exit = await attendAttached(container, { relay, detachKeys, redraw: false });
  if (exit?.oomKilled === true) context.stderr.write(describeOom(options));
  if (flags.explain !== undefined) context.stderr.write(formatCalls(calls, flags.explain));
  return exit?.exitCode ?? 0;
}
